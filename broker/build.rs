//! The pages that the program carries are built beforehand; when they change, it must be compiled anew.

fn main() {
    println!("cargo:rerun-if-changed=../ui/console/dist");
}
