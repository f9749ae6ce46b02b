//! Where Zoom is.

use clap::Args;
use rollcall_zoom::Addresses;
use url::Url;

use crate::wrong::Wrong;

/// Where Zoom is; its own addresses unless something else is said.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Zoom's addresses")]
pub(crate) struct ZoomArgs {
    /// Where tokens are; at Zoom itself without this
    #[arg(long = "zoom-oauth", env = "ROLLCALL_RELAY_ZOOM_OAUTH", value_name = "URL")]
    pub(crate) oauth: Option<String>,

    /// Where questions are asked, version included
    #[arg(long = "zoom-api", env = "ROLLCALL_RELAY_ZOOM_API", value_name = "URL")]
    pub(crate) api: Option<String>,

    /// Where event subscriptions are
    #[arg(long = "zoom-websocket", env = "ROLLCALL_RELAY_ZOOM_WEBSOCKET", value_name = "URL")]
    pub(crate) websocket: Option<String>,
}

impl ZoomArgs {
    /// These, and those of `other` where nothing is said.
    pub(crate) fn or(self, other: &Self) -> Self {
        Self {
            oauth: self.oauth.or_else(|| other.oauth.clone()),
            api: self.api.or_else(|| other.api.clone()),
            websocket: self.websocket.or_else(|| other.websocket.clone()),
        }
    }

    /// The addresses.
    pub(crate) fn addresses(&self) -> Result<Addresses, Wrong> {
        let mut addresses = Addresses::default();
        set(&mut addresses.oauth, self.oauth.as_deref(), "zoom_oauth")?;
        set(&mut addresses.api, self.api.as_deref(), "zoom_api")?;
        set(&mut addresses.websocket, self.websocket.as_deref(), "zoom_websocket")?;
        Ok(addresses)
    }
}

fn set(address: &mut Url, said: Option<&str>, field: &'static str) -> Result<(), Wrong> {
    if let Some(said) = said {
        let url = Url::parse(said).ok().filter(Url::has_host);
        *address =
            url.ok_or(Wrong::BadField { field, wanted: "a whole address, such as https://zoom.us" })?;
    }
    Ok(())
}
