//! What goes on now, as supervisors see it.

use beside_broker::audit::{Action, Actor, Event};
use reqwest::Method;
use serde_json::json;

use crate::harness::{Broker, accepted, sid};
use crate::retention::now;

#[actix_web::test]
async fn who_is_there_waits_and_is_helped() {
    let mut broker = Broker::start();
    let (kim, lee) = (broker.add_operator("Kim"), broker.add_operator("Lee"));
    let supervisor = broker.add("supervisor", "Choi");
    let storage = broker.storage().await;
    let mut writing = storage.writing().await.unwrap();
    let event = |action| Event::new(action, Actor::CommandLine, now());
    writing.add_group("g-lee", "Lee's", event(Action::GroupCreated)).await.unwrap();
    for member in [&lee.id, &supervisor.id] {
        writing.join_group("g-lee", &member.parse().unwrap(), event(Action::GroupJoined)).await.unwrap();
    }
    writing.commit().await.unwrap();
    storage.close().await.unwrap();
    // The rules are read again at the start.
    broker.restart();
    let begun = now();
    let (mut customer, mut operator, _) = accepted(&broker, &kim, sid(1)).await;
    for peer in [&mut customer, &mut operator] {
        peer.event(sid(1), json!({ "kind": "verdict", "accepted": true })).await;
        peer.event(sid(1), json!({ "kind": "path", "path": "direct_udp", "delay_ms": 3 })).await;
        peer.heard().await;
    }
    for (peer, delay) in [(&mut customer, json!(5)), (&mut operator, json!(null))] {
        peer.event(sid(1), json!({ "kind": "path", "path": "direct_udp", "delay_ms": delay })).await;
        peer.heard().await;
    }
    let (mut other, code) = broker.operator_with_code(&lee).await;
    let mut waiting = broker.customer().await;
    waiting.knock(&code, sid(2)).await;
    other.hear_of("knock").await;

    let administrator = broker.sign_in_to_console(&broker.administrator).await;
    let (status, all) = broker.administer(Method::GET, "live", &administrator, None).await;
    assert_eq!(status, 200, "{all}");
    let person = |account: &crate::harness::Account| json!({ "id": account.id, "name": account.name });
    let mut states =
        [json!({ "operator": person(&kim), "state": "busy" }), json!({ "operator": person(&lee), "state": "free" })];
    states.sort_by_key(|one| one["operator"]["id"].as_str().unwrap().to_owned());
    assert_eq!(all["operators"], json!(states));
    let running = &all["running"][0];
    assert_eq!((&running["sid"], &running["operator"]), (&json!(sid(1).to_text()), &person(&kim)));
    assert_eq!(running["delay_ms"], 5);
    assert_eq!((&running["path"], all["running"].as_array().unwrap().len()), (&json!("direct_udp"), 1));
    assert!((begun..=now()).contains(&running["since"].as_i64().unwrap()));
    let knock = &all["waiting"][0];
    assert_eq!((&knock["sid"], &knock["operator"]), (&json!(sid(2).to_text()), &person(&lee)));
    assert!((begun..=now()).contains(&knock["since"].as_i64().unwrap()));

    other.say(json!({ "type": "away", "away": true })).await;
    other.heard().await;
    let supervisor = broker.sign_in_to_console(&supervisor).await;
    let (_, own) = broker.administer(Method::GET, "live", &supervisor, None).await;
    assert_eq!(own["operators"], json!([{ "operator": person(&lee), "state": "away" }]));
    assert_eq!((&own["running"], &own["waiting"][0]), (&json!([]), knock));

    // A session that outlives the broker goes on where it was.
    broker.restart();
    let (_, later) = broker.administer(Method::GET, "live", &administrator, None).await;
    assert_eq!((&later["running"], &later["operators"]), (&all["running"], &json!([])));
}
