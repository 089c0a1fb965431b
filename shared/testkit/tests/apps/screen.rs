//! What an app shows, as a test watches it.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// Nothing may take longer than this while no person is waited for.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// The app's end: takes views.
pub(crate) struct Shows<V>(Mutex<UnboundedSender<Option<V>>>);

impl<V> Shows<V> {
    pub(crate) fn show(&self, view: V) {
        let _ = self.0.lock().unwrap().send(Some(view));
    }

    pub(crate) fn quit(&self) {
        let _ = self.0.lock().unwrap().send(None);
    }
}

/// The test's end: every view in order, none left out.
pub(crate) struct Screen<V> {
    views: UnboundedReceiver<Option<V>>,
    /// The last view that was looked at.
    now: Option<V>,
}

pub(crate) fn screen<V>() -> (Shows<V>, Screen<V>) {
    let (sender, views) = unbounded_channel();
    (Shows(Mutex::new(sender)), Screen { views, now: None })
}

impl<V: Debug> Screen<V> {
    /// The first view, from the one on the screen on, in which `find` finds what it looks for.
    pub(crate) async fn until<T>(&mut self, what: &str, find: impl FnMut(&V) -> Option<T>) -> T {
        self.within(SOON, what, find).await
    }

    /// As [`until`](Self::until), with another bound.
    pub(crate) async fn within<T>(&mut self, bound: Duration, what: &str, mut find: impl FnMut(&V) -> Option<T>) -> T {
        if let Some(found) = self.now.as_ref().and_then(&mut find) {
            return found;
        }
        let search = async {
            loop {
                match self.views.recv().await {
                    Some(Some(view)) => {
                        let found = find(&view);
                        self.now = Some(view);
                        if let Some(found) = found {
                            return found;
                        }
                    }
                    Some(None) | None => panic!("the app is gone while {what} is waited for; last: {:#?}", self.now),
                }
            }
        };
        match timeout(bound, search).await {
            Ok(found) => found,
            Err(_) => panic!("no {what} within {bound:?}; last: {:#?}", self.now),
        }
    }

    /// Waits until the app is closed. Gives every view that was shown on the way.
    pub(crate) async fn closed(&mut self, bound: Duration) -> Vec<V> {
        let mut shown = Vec::new();
        let search = async {
            while let Some(Some(view)) = self.views.recv().await {
                shown.push(view);
            }
        };
        timeout(bound, search).await.unwrap_or_else(|_| panic!("the app did not close within {bound:?}"));
        shown
    }
}
