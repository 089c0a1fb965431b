//! macOS: for now what xcap and rdev give, and plain refusals for the rest. What is meant to replace them, behind the same
//! names: ScreenCaptureKit, CGEvent and its event taps.
//!
//! Beside's own windows stay out of the picture by themselves here: the shell marks each as protected content
//! (`NSWindowSharingNone`). That Stop can be seen can't be told yet, so whoever asks before every event, as one must, holds
//! all input back.

#[path = "../portable/mod.rs"]
mod portable;

pub use portable::{Capture, Desktop, Focus, Frame, Injector, StopKey, Visibility};
