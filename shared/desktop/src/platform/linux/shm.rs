//! Memory that this process and the X server share (MIT-SHM 1.2, passed as a file descriptor).

use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use x11rb::connection::Connection;
use x11rb::protocol::shm::{ConnectionExt as _, Seg};
use x11rb::rust_connection::RustConnection;

use crate::error::Trouble;

/// A segment that the server has attached. Detached by the end of the connection that it was attached on.
pub(super) struct Segment {
    pub(super) id: Seg,
    memory: Memory,
}

impl Segment {
    /// Makes a segment of `length` bytes. An error of the server means that it takes none, as over a network.
    pub(super) fn attach(conn: &RustConnection, length: usize) -> Result<Self, Trouble> {
        let (memory, fd) = Memory::new(length).map_err(|error| Trouble::Refused(format!("memory: {error}")))?;
        let id = conn.generate_id()?;
        conn.shm_attach_fd(id, fd, false)?.check()?;
        Ok(Self { id, memory })
    }

    pub(super) const fn len(&self) -> usize {
        self.memory.length
    }

    /// Copies what the server wrote from `offset` on. To be called only between a reply and the next request, when the
    /// server does not write; if it did, the copied pixels would be mixed and nothing worse.
    pub(super) fn read(&self, offset: usize, into: &mut [u8]) {
        assert!(offset.checked_add(into.len()).is_some_and(|end| end <= self.memory.length), "outside the segment");
        // SAFETY: the source lies inside the mapping, as just asserted; the mapping can't shrink, because its file is
        // sealed, and lives as long as `self`; `into` is ours alone, so the two don't overlap.
        unsafe { std::ptr::copy_nonoverlapping(self.memory.start.as_ptr().add(offset), into.as_mut_ptr(), into.len()) }
    }
}

/// A mapping of a file in memory.
struct Memory {
    start: NonNull<u8>,
    length: usize,
}

impl Memory {
    fn new(length: usize) -> Result<(Self, OwnedFd), Errno> {
        let fd = memfd_create("beside-screen", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&fd, length as u64)?;
        // Without the seal the server could shrink the file, and reading the mapping would end this process.
        fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let (access, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        // SAFETY: a new mapping at an address that the system chooses overlaps nothing of this process.
        let start = unsafe { mmap(std::ptr::null_mut(), length, access, flags, fd.as_fd(), 0) }?;
        let start = NonNull::new(start.cast()).ok_or(Errno::NOMEM)?;
        Ok((Self { start, length }, fd))
    }
}

// SAFETY: the mapping belongs to no thread, and is only read, through `Segment::read`.
unsafe impl Send for Memory {}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: exactly the mapping that `new` made, which nobody borrows: `read` copies out of it.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.length) };
        if let Err(error) = unmapped {
            tracing::warn!(%error, "shared memory stays mapped");
        }
    }
}
