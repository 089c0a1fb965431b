//! The app between sessions: which broker, which code, and what became of the last attempt.

use std::sync::Arc;

use beside_identity::statement::BrokerAddress;
use beside_identity::{Organisation, UnixTime, Verified};
use beside_installation::{DataFolder, Fault, Trust};
use beside_protocol::{AccessCode, DeviceId, ErrorCode};
use beside_transport::{Broker, trust};
use getrandom::SysRng;
use rand_core::{Rng as _, UnwrapErr};
use tokio::sync::{mpsc, watch};

use crate::attempt::{Attempt, Outcome};
use crate::command::Command;
use crate::machine::Machine;
use crate::start::{Setup, StopSlot};
use crate::ui::Ui;
use crate::view::{ClientView, OrganisationView};
use beside_session::Tries;

/// The app.
pub(crate) struct App {
    pub(crate) data: DataFolder,
    trust: Trust,
    fault: Option<Fault>,
    pub(crate) organisation: Option<Verified<Organisation>>,
    pub(crate) newest_status: Option<UnixTime>,
    broker: Option<(BrokerAddress, Broker)>,
    /// This computer's number at that broker.
    pub(crate) device: Option<DeviceId>,
    /// The code in the link that opened the app.
    offered: Option<AccessCode>,
    pub(crate) tries: Tries,
    pub(crate) machine: Arc<dyn Machine>,
    pub(crate) ui: Arc<dyn Ui>,
    pub(crate) commands: mpsc::Receiver<Command>,
    /// Where the stop key puts its Stop.
    pub(crate) loopback: mpsc::Sender<Command>,
    shown: watch::Sender<ClientView>,
    pub(crate) stop: StopSlot,
}

/// What the app does next.
enum Next {
    AskBroker(Option<ErrorCode>),
    AskCode(Option<ErrorCode>),
    Attempt(AccessCode, u8),
    Blocked(Fault),
    Quit,
}

impl App {
    pub(crate) fn new(
        setup: Setup,
        machine: Arc<dyn Machine>,
        ui: Arc<dyn Ui>,
        (loopback, commands): (mpsc::Sender<Command>, mpsc::Receiver<Command>),
        shown: watch::Sender<ClientView>,
        stop: StopSlot,
    ) -> Self {
        let (found, fault) = match setup.found {
            Ok(found) => (Some(found), None),
            Err(fault) => (None, Some(fault)),
        };
        Self {
            data: setup.data,
            trust: setup.trust,
            fault,
            newest_status: found.as_ref().and_then(|found| found.newest_status),
            organisation: found.and_then(|found| found.organisation),
            broker: None,
            device: None,
            offered: setup.offered,
            tries: Tries::default(),
            machine,
            ui,
            commands,
            loopback,
            shown,
            stop,
        }
    }

    pub(crate) async fn run(mut self) {
        let mut next = self.first();
        loop {
            next = match next {
                Next::AskBroker(error) => self.ask_broker(error).await,
                Next::AskCode(error) => self.ask_code(error).await,
                Next::Attempt(code, attempt) => self.attempt(code, attempt).await,
                Next::Blocked(fault) => self.blocked(fault).await,
                Next::Quit => break,
            };
        }
        self.ui.quit();
    }

    /// Shows a view, if it is another than the last.
    pub(crate) fn show(&self, view: ClientView) {
        if *self.shown.borrow() != view {
            self.shown.send_replace(view.clone());
            self.ui.show(view);
        }
    }

    fn first(&mut self) -> Next {
        if let Some(fault) = self.fault {
            return Next::Blocked(fault);
        }
        let Some(organisation) = &self.organisation else { return Next::AskBroker(None) };
        let address = organisation.body().broker.clone();
        match self.use_broker(&address) {
            Ok(()) => Next::AskCode(None),
            Err(error) => Next::Blocked(Fault { error, clock: None }),
        }
    }

    fn use_broker(&mut self, address: &BrokerAddress) -> Result<(), ErrorCode> {
        let tls = trust::client_config(&self.trust.authorities).map_err(|error| error.code())?;
        let broker = Broker { host: address.host().to_owned(), port: address.port(), tls };
        self.broker = Some((address.clone(), broker));
        self.device = beside_installation::device(&self.data, address, fresh_device());
        Ok(())
    }

    async fn blocked(&mut self, fault: Fault) -> Next {
        self.show(ClientView::Blocked { error: fault.error, clock: fault.clock.map(date) });
        loop {
            if matches!(self.commands.recv().await, None | Some(Command::Quit)) {
                return Next::Quit;
            }
        }
    }

    async fn ask_broker(&mut self, error: Option<ErrorCode>) -> Next {
        self.show(ClientView::Broker { error });
        loop {
            match self.commands.recv().await {
                None | Some(Command::Quit) => return Next::Quit,
                Some(Command::SubmitBroker(text)) => {
                    let used = text
                        .trim()
                        .parse::<BrokerAddress>()
                        .map_err(|_| ErrorCode::BrokerUnreachable)
                        .and_then(|address| self.use_broker(&address));
                    return match used {
                        Ok(()) => Next::AskCode(None),
                        Err(error) => Next::AskBroker(Some(error)),
                    };
                }
                Some(_) => {}
            }
        }
    }

    async fn ask_code(&mut self, error: Option<ErrorCode>) -> Next {
        let mut error = error;
        loop {
            self.show_code(error, false);
            match self.commands.recv().await {
                None | Some(Command::Quit) => return Next::Quit,
                Some(Command::SubmitCode(text)) => {
                    self.offered = None;
                    let Ok(code) = text.parse::<AccessCode>() else {
                        return Next::AskCode(Some(ErrorCode::CodeRefused));
                    };
                    return match self.tries.next(&code) {
                        Some(attempt) => Next::Attempt(code, attempt),
                        None => Next::AskCode(Some(ErrorCode::CodeWornOut)),
                    };
                }
                Some(Command::RenewDevice) => {
                    error = None;
                    self.renew_device();
                }
                Some(_) => {}
            }
        }
    }

    /// The old number stays where no new one can be kept.
    fn renew_device(&mut self) {
        let Some((address, _)) = &self.broker else { return };
        self.device = beside_installation::renew_device(&self.data, address, fresh_device()).or(self.device);
    }

    fn show_code(&self, error: Option<ErrorCode>, busy: bool) {
        let device = self.device.map(|device| device.to_string());
        let offered = self.offered.as_ref().map(|code| code.reveal().to_owned());
        self.show(ClientView::Code { organisation: self.organisation_view(), error, busy, device, offered });
    }

    async fn attempt(&mut self, code: AccessCode, attempt: u8) -> Next {
        let Some((_, broker)) = self.broker.clone() else { return Next::AskBroker(None) };
        self.show_code(None, true);
        let outcome = Attempt::run(self, broker, code, attempt).await;
        self.stop.put(None);
        match outcome {
            Outcome::AskCode(error) => Next::AskCode(error),
            // Without org.json the address was typed by hand, so it is the likeliest thing to be wrong.
            Outcome::NoBroker(error) if self.organisation.is_none() => Next::AskBroker(Some(error)),
            Outcome::NoBroker(error) => Next::AskCode(Some(error)),
            Outcome::Quit => Next::Quit,
        }
    }

    pub(crate) fn organisation_view(&self) -> Option<OrganisationView> {
        self.organisation.as_ref().map(|organisation| OrganisationView {
            name: organisation.body().name.clone(),
            call_back: organisation.body().call_back.clone(),
        })
    }
}

fn fresh_device() -> DeviceId {
    DeviceId::from_random(UnwrapErr(SysRng).next_u64())
}

/// The civil date of a time in UTC, as `2026-11-21` (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn date(time: UnixTime) -> String {
    let days = time.0 / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_709_164_800, "2024-02-29"),
            (1_795_219_200, "2026-11-21"),
        ] {
            assert_eq!(date(UnixTime(seconds)), expected);
        }
    }
}
