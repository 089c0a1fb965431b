//! The table of rights: every route, where it is served, and who may use it. The server is built from it, the
//! description of the API is built from it, and the tests walk through it; a handler that is not here is dead code, which
//! does not build.

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

use super::rights::{ADMINISTRATOR, AUDITOR, Access, EVERYBODY, Listener, OPERATOR, READERS, SESSION_READERS, Scope};
use super::{
    about, account_link, accounts, addresses, alerts, audit, backups, blocks, console, credential, groups, health,
    live, outlets, own, policy, rating, reviews, sessions, sign_in, sign_out, signal_customer, signal_operator,
    statements, statistics, step_up, tokens,
};
use Access::Anyone;
use Listener::{Administration, Both, Public};

/// One row of the table.
#[derive(Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The pattern, below `/api/v1`.
    pub path: &'static str,
    /// Where it is served.
    pub listener: Listener,
    /// Who may use it.
    pub access: Access,
}

macro_rules! routes {
    ($($method:ident $path:literal $listener:ident $($handler:ident)::+ = $access:expr;)*) => {
        /// Every route there is.
        pub const TABLE: &[Route] = &[$(
            Route { method: Method::$method, path: $path, listener: $listener, access: $access },
        )*];

        /// Adds the routes of a listener to a server.
        pub(super) fn mount(config: &mut ServiceConfig, listener: Listener) {
            $(if $listener.serves(listener) {
                config.route($path, web::method(Method::$method).to($($handler)::+));
            })*
        }

        /// The routes as OpenAPI describes them.
        #[derive(OpenApi)]
        #[openapi(paths($($($handler)::+),*))]
        pub(super) struct Described;
    };
}

routes! {
    GET    "/health"                                Both           health::get = Anyone;
    GET    "/about"                                 Public         about::get = Anyone;
    POST   "/account-link/open"                     Public         account_link::open::post = Anyone;
    POST   "/account-link/judge"                    Public         account_link::judge::post = Anyone;
    POST   "/account-link/finish"                   Public         account_link::finish::post = Anyone;
    POST   "/sign-in"                               Both           sign_in::post = Anyone;
    POST   "/console/sign-in"                       Administration console::sign_in::post = Anyone;
    GET    "/signal/customer"                       Public         signal_customer::get = Anyone;
    POST   "/rating"                                Public         rating::post = Anyone;

    GET    "/signal/operator"                       Public         signal_operator::get = Access::roles(OPERATOR);
    GET    "/credential"                            Public         credential::get = Access::roles(OPERATOR);
    GET    "/own/sessions"                          Public         own::sessions::get = Access::roles(OPERATOR);
    PUT    "/own/sessions/{session}/note"           Public         own::note::put = Access::roles(OPERATOR);
    GET    "/own/tags"                              Public         own::tags::get = Access::roles(OPERATOR);

    GET    "/own"                                   Both           own::account::get = Access::roles(EVERYBODY);
    POST   "/own/password"                          Both           own::password::post = Access::roles(EVERYBODY);
    POST   "/step-up"                               Administration step_up::post = Access::roles(EVERYBODY);
    POST   "/sign-out"                              Both           sign_out::post = Access::roles(EVERYBODY);

    POST   "/statements"                            Administration statements::post = Access::roles(ADMINISTRATOR);

    GET    "/accounts"                              Administration accounts::list::get = Access::roles(READERS).scope(Scope::AccountsRead);
    POST   "/accounts"                              Administration accounts::create::post = Access::roles(ADMINISTRATOR).sensitive();
    GET    "/accounts/{account}"                    Administration accounts::read::get = Access::roles(READERS).scope(Scope::AccountsRead);
    PATCH  "/accounts/{account}"                    Administration accounts::change::patch = Access::roles(ADMINISTRATOR).sensitive();
    POST   "/accounts/{account}/end"                Administration accounts::end::post = Access::roles(ADMINISTRATOR).sensitive();
    POST   "/accounts/{account}/link"               Administration accounts::link::post = Access::roles(ADMINISTRATOR).sensitive();
    GET    "/accounts/{account}/addresses"          Administration addresses::list::of_account = Access::roles(READERS);
    POST   "/accounts/{account}/addresses"          Administration addresses::add::to_account = Access::roles(ADMINISTRATOR).sensitive();
    DELETE "/accounts/{account}/addresses/{entry}"  Administration addresses::remove::from_account = Access::roles(ADMINISTRATOR).sensitive();
    GET    "/accounts/{account}/hours"              Administration addresses::hours::read_of_account = Access::roles(READERS);
    PUT    "/accounts/{account}/hours"              Administration addresses::hours::of_account = Access::roles(ADMINISTRATOR).sensitive();

    GET    "/groups"                                Administration groups::list::get = Access::roles(SESSION_READERS).scope(Scope::AccountsRead);
    POST   "/groups"                                Administration groups::create::post = Access::roles(ADMINISTRATOR);
    PATCH  "/groups/{group}"                        Administration groups::rename::patch = Access::roles(ADMINISTRATOR);
    DELETE "/groups/{group}"                        Administration groups::delete::delete = Access::roles(ADMINISTRATOR).sensitive();
    PUT    "/groups/{group}/members/{account}"      Administration groups::join::put = Access::roles(ADMINISTRATOR).sensitive();
    DELETE "/groups/{group}/members/{account}"      Administration groups::leave::delete = Access::roles(ADMINISTRATOR).sensitive();
    GET    "/groups/{group}/addresses"              Administration addresses::list::of_group = Access::roles(READERS);
    POST   "/groups/{group}/addresses"              Administration addresses::add::to_group = Access::roles(ADMINISTRATOR).sensitive();
    DELETE "/groups/{group}/addresses/{entry}"      Administration addresses::remove::from_group = Access::roles(ADMINISTRATOR).sensitive();
    GET    "/groups/{group}/hours"                  Administration addresses::hours::read_of_group = Access::roles(READERS);
    PUT    "/groups/{group}/hours"                  Administration addresses::hours::of_group = Access::roles(ADMINISTRATOR).sensitive();

    GET    "/sessions"                              Administration sessions::list::get = Access::roles(SESSION_READERS).scope(Scope::SessionsRead);
    GET    "/sessions/export"                       Administration sessions::export::get = Access::roles(SESSION_READERS).scope(Scope::SessionsExport).sensitive();
    GET    "/sessions/{session}"                    Administration sessions::read::get = Access::roles(SESSION_READERS).scope(Scope::SessionsRead);
    GET    "/audit"                                 Administration audit::list::get = Access::roles(READERS).scope(Scope::AuditRead);
    GET    "/audit/export"                          Administration audit::export::get = Access::roles(READERS).scope(Scope::AuditRead).sensitive();
    GET    "/audit/standing"                        Administration audit::standing::get = Access::roles(READERS).scope(Scope::AuditRead);
    GET    "/live"                                  Administration live::read::get = Access::roles(SESSION_READERS).scope(Scope::StatisticsRead);
    POST   "/live/ticket"                           Administration live::ticket::post = Access::roles(SESSION_READERS);
    GET    "/live/socket"                           Administration live::socket::get = Anyone; // A ticket opens it.
    GET    "/statistics"                            Administration statistics::get = Access::roles(SESSION_READERS).scope(Scope::StatisticsRead);
    GET    "/reviews"                               Administration reviews::list::get = Access::roles(READERS);
    GET    "/reviews/{month}"                       Administration reviews::read::get = Access::roles(READERS);
    POST   "/reviews/{month}/sign-off"              Administration reviews::sign_off::post = Access::roles(AUDITOR);
    GET    "/alerts"                                Administration alerts::list::get = Access::roles(READERS).scope(Scope::AlertsRead);
    POST   "/alerts/{alert}/seen"                   Administration alerts::see::post = Access::roles(ADMINISTRATOR);
    POST   "/alerts/trial"                          Administration alerts::trial::post = Access::roles(ADMINISTRATOR);
    GET    "/outlets"                               Administration outlets::get = Access::roles(READERS);
    GET    "/backups"                               Administration backups::list::get = Access::roles(READERS);
    POST   "/backups"                               Administration backups::make::post = Access::roles(ADMINISTRATOR);
    GET    "/blocks"                                Administration blocks::list::get = Access::roles(READERS).scope(Scope::AlertsRead);
    POST   "/blocks"                                Administration blocks::make::post = Access::roles(ADMINISTRATOR).sensitive();
    DELETE "/blocks/{block}"                        Administration blocks::lift::delete = Access::roles(ADMINISTRATOR).sensitive();
    POST   "/unlock"                                Administration blocks::unlock::post = Access::roles(ADMINISTRATOR).sensitive();
    GET    "/policy"                                Administration policy::read::get = Access::roles(READERS);
    PUT    "/policy"                                Administration policy::change::put = Access::roles(ADMINISTRATOR).sensitive();
    GET    "/tokens"                                Administration tokens::list::get = Access::roles(READERS);
    POST   "/tokens"                                Administration tokens::create::post = Access::roles(ADMINISTRATOR).sensitive();
    DELETE "/tokens/{token}"                        Administration tokens::revoke::delete = Access::roles(ADMINISTRATOR).sensitive();
}

/// The row of a request.
pub(super) fn find(method: &Method, pattern: &str) -> Option<&'static Route> {
    let path = pattern.strip_prefix("/api/v1")?;
    TABLE.iter().find(|route| route.method == *method && route.path == path)
}
