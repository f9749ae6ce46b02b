//! The relay lets a desk in, and its answer is lost on the way.

use rollcall_desk::team::{JoinLink, RelayAddress};
use rollcall_tests::team::TeamRelay;
use rollcall_wire::{Failure, session::Redeem};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, copy, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use url::Url;

use super::{Desk, until, zoom};

/// A way to the relay on which the first answer is lost.
async fn way_to(relay: &Url) -> RelayAddress {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let way = RelayAddress::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let relay = relay.socket_addrs(|| None).unwrap()[0];
    tokio::spawn(async move {
        lose_the_answer(&listener, TcpStream::connect(relay).await.unwrap()).await;
        loop {
            let (mut desk, _) = listener.accept().await.unwrap();
            let mut relay = TcpStream::connect(relay).await.unwrap();
            // Either may end the connection as it likes.
            tokio::spawn(async move { copy_bidirectional(&mut desk, &mut relay).await });
        }
    });
    way
}

async fn lose_the_answer(listener: &TcpListener, relay: TcpStream) {
    let (desk, _) = listener.accept().await.unwrap();
    let ((mut asking, _hearing), (mut answering, mut asked)) = (desk.into_split(), relay.into_split());
    let answered = async { answering.read_u8().await.unwrap() };
    tokio::select! {
        _ = copy(&mut asking, &mut asked) => panic!("the desk waits for an answer"),
        _ = answered => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_whose_answer_is_lost_is_shown_again_and_lets_this_desk_in_and_no_other() {
    let (fake, active) = zoom().await;
    let relay = TeamRelay::start(&fake).await;
    let desk = Desk::open(json!({})).await;
    let way = way_to(&relay.address).await;
    let link = JoinLink::parse(&relay.invite(&fake.ready().agent_email, "agent").await).unwrap();
    let (address, redeem) = link.clone().redeem().unwrap();
    let lost = desk.take_seat(way.clone(), &redeem).await;
    assert_eq!((lost.unwrap_err(), relay.sessions().await), (Failure::RelayUnreachable, 1));

    for other in [link.redeem().unwrap().1, Redeem { verifier: None, ..redeem.clone() }] {
        let refused = desk.take_seat(address.clone(), &other).await;
        assert_eq!(refused.unwrap_err(), Failure::CodeRefused);
    }
    desk.take_seat(way, &redeem).await.unwrap();

    assert_eq!(relay.sessions().await, 1, "the one that the desk never heard of has ended");
    until("everybody is known", || desk.people() >= active).await;
    desk.engine.stop().await;
    fake.stop().await;
}
