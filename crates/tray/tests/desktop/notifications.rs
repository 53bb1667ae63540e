//! A notification server.

use super::desktop::soon;
use std::collections::HashMap;
use tokio::sync::mpsc;
use zbus::Connection;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

const PATH: &str = "/org/freedesktop/Notifications";

/// A notification server on the bus.
pub(crate) struct Server {
    bus: Connection,
    sent: mpsc::UnboundedReceiver<Sent>,
}

/// A notification that was sent to it.
pub(crate) struct Sent {
    pub(crate) id: u32,
    pub(crate) replaces: u32,
    pub(crate) title: String,
    pub(crate) body: String,
    /// Keys and labels by turns.
    pub(crate) actions: Vec<String>,
    /// 0 low, 1 normal, 2 critical.
    pub(crate) urgency: u8,
}

struct Notifications {
    last_id: u32,
    tell: mpsc::UnboundedSender<Sent>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).into()
    }

    #[expect(clippy::too_many_arguments, clippy::needless_pass_by_value, reason = "the specification's")]
    fn notify(
        &mut self,
        _app_name: String,
        replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        self.last_id += 1;
        let id = if replaces == 0 { self.last_id } else { replaces };
        let urgency = hints.get("urgency").and_then(|urgency| urgency.downcast_ref().ok()).unwrap();
        self.tell.send(Sent { id, replaces, title, body, actions, urgency }).ok();
        id
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

impl Server {
    /// Comes onto the bus.
    pub(crate) async fn new(bus: Connection) -> Self {
        let (tell, sent) = mpsc::unbounded_channel();
        bus.object_server().at(PATH, Notifications { last_id: 0, tell }).await.unwrap();
        bus.request_name("org.freedesktop.Notifications").await.unwrap();
        Self { bus, sent }
    }

    /// The next notification.
    pub(crate) async fn sent(&mut self) -> Sent {
        soon("a notification", self.sent.recv()).await.unwrap()
    }

    /// Presses a button, which closes the notification.
    pub(crate) async fn press(&self, id: u32, key: &str) {
        let emitter = SignalEmitter::new(&self.bus, PATH).unwrap();
        Notifications::action_invoked(&emitter, id, key).await.unwrap();
        Notifications::notification_closed(&emitter, id, 2).await.unwrap();
    }
}
