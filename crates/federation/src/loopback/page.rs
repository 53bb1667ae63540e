//! The few pages that a person's browser is shown. Nothing from outside is ever in them.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;

/// A page that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The answer arrived.
    Done,
    /// The provider's refusal arrived.
    Failed,
    /// An answer that nobody waits for.
    Stranger,
    /// A request that makes no sense here.
    Bad,
    /// Another path.
    NotFound,
    /// Another method than this one.
    Method(&'static str),
    /// More than an answer may weigh.
    TooLarge,
}

impl Page {
    fn status(self) -> StatusCode {
        match self {
            Self::Done | Self::Failed => StatusCode::OK,
            Self::Stranger | Self::Bad => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Done => include_str!("page/done.html"),
            Self::Failed => include_str!("page/failed.html"),
            Self::Stranger => include_str!("page/stranger.html"),
            Self::Bad | Self::NotFound | Self::Method(_) | Self::TooLarge => "",
        }
    }

    /// The answer that shows this page.
    pub(super) fn response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from_static(self.text().as_bytes())));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        for (name, value) in [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (
                CONTENT_SECURITY_POLICY,
                "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            ),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Self::Method(allowed) = self {
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }
}
