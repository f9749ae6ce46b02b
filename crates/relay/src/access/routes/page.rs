//! The plain page that a person sees when a sign-in did not work. It holds no script and loads nothing.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};

use super::super::{entry::Why, sign_in::NotSignedIn};

/// The style of the page; the policy below holds its SHA-256.
const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;\
                     color-scheme:light dark}h1{font-size:1.5rem}";
const POLICY: &str = "default-src 'none'; style-src 'sha256-r2mN6eSDpgxeonYhpeqzUTMP/g7WU/sSvPCpVsoWJxo='; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'none'";

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    English,
    German,
}

/// What happened, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Words {
    title: &'static str,
    what: &'static str,
    next: &'static str,
}

/// The page for a sign-in that did not work.
pub(super) fn not_signed_in(why: &NotSignedIn, headers: &HeaderMap) -> Response<Body> {
    let language = language(headers);
    let mut answer = (status(why), html(language, words(why, language))).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    answer
}

const fn status(why: &NotSignedIn) -> StatusCode {
    match why {
        NotSignedIn::BadAddress | NotSignedIn::Refused(Why::UnknownSignIn) => StatusCode::BAD_REQUEST,
        NotSignedIn::NotOffered => StatusCode::NOT_FOUND,
        NotSignedIn::TooMany | NotSignedIn::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        NotSignedIn::Refused(_) => StatusCode::FORBIDDEN,
        NotSignedIn::Zoom(_) => StatusCode::BAD_GATEWAY,
    }
}

/// The language that the browser likes best of the two.
fn language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let liked = |part: &str| {
        let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
        let weight = rest.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(1.0_f32);
        let tag = tag.trim().to_ascii_lowercase();
        match tag.split('-').next() {
            Some("de") => Some((Language::German, weight)),
            Some("en") => Some((Language::English, weight)),
            _ => None,
        }
    };
    let best =
        wanted.split(',').filter_map(liked).reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or(Language::English, |(language, _)| language)
}

fn html(language: Language, Words { title, what, next }: Words) -> String {
    let code = match language {
        Language::English => "en",
        Language::German => "de",
    };
    format!(
        "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1><p>{what}</p><p>{next}</p></main></body></html>"
    )
}

fn words(why: &NotSignedIn, language: Language) -> Words {
    match language {
        Language::English => Words { title: "Rollcall: not signed in", ..english(why) },
        Language::German => Words { title: "Rollcall: nicht angemeldet", ..german(why) },
    }
}

const fn english(why: &NotSignedIn) -> Words {
    let (what, next) = match why {
        NotSignedIn::BadAddress => (
            "This address was not made by the Rollcall app.",
            "Start again in the app, with “Sign in with Zoom”.",
        ),
        NotSignedIn::NotOffered => (
            "This relay offers no sign-in with Zoom, or does not know your organisation.",
            "Ask your administrator for an invitation.",
        ),
        NotSignedIn::TooMany => (
            "Too many people are signing in at this moment.",
            "Wait a few minutes, then start again in the app.",
        ),
        NotSignedIn::Refused(Why::Declined) => {
            ("Zoom was told not to go on.", "If that was a slip, start again in the app.")
        }
        NotSignedIn::Refused(Why::WrongAccount) => (
            "You are signed in to Zoom with an account that is not your organisation's.",
            "Sign out of Zoom in this browser, then start again in the app with your work account.",
        ),
        NotSignedIn::Refused(Why::NotActive) => {
            ("Your Zoom account is not active.", "Ask your administrator, who can activate it at Zoom.")
        }
        NotSignedIn::Refused(Why::UnknownSignIn) => (
            "This sign-in took too long, was finished before, or began in another browser.",
            "Start again in the app.",
        ),
        NotSignedIn::Refused(_) | NotSignedIn::Zoom(_) => (
            "Zoom did not tell who you are.",
            "Start again in the app. If it happens again, ask your administrator.",
        ),
        NotSignedIn::Store(_) => {
            ("The relay has trouble with its storage.", "Wait a few minutes, then start again in the app.")
        }
    };
    Words { title: "", what, next }
}

const fn german(why: &NotSignedIn) -> Words {
    let (what, next) = match why {
        NotSignedIn::BadAddress => (
            "Diese Adresse stammt nicht aus der Rollcall-App.",
            "Fangen Sie in der App neu an, mit „Mit Zoom anmelden“.",
        ),
        NotSignedIn::NotOffered => (
            "Dieses Relay bietet keine Anmeldung mit Zoom an, oder es kennt Ihre Organisation nicht.",
            "Bitten Sie Ihre Administration um eine Einladung.",
        ),
        NotSignedIn::TooMany => (
            "Gerade melden sich zu viele Leute an.",
            "Warten Sie einige Minuten und fangen Sie in der App neu an.",
        ),
        NotSignedIn::Refused(Why::Declined) => {
            ("Bei Zoom wurde abgelehnt.", "War das ein Versehen, fangen Sie in der App neu an.")
        }
        NotSignedIn::Refused(Why::WrongAccount) => (
            "Sie sind bei Zoom mit einem Konto angemeldet, das nicht zu Ihrer Organisation gehört.",
            "Melden Sie sich in diesem Browser bei Zoom ab und fangen Sie in der App mit Ihrem Dienstkonto neu an.",
        ),
        NotSignedIn::Refused(Why::NotActive) => (
            "Ihr Zoom-Konto ist nicht aktiv.",
            "Fragen Sie Ihre Administration, sie kann es bei Zoom aktivieren.",
        ),
        NotSignedIn::Refused(Why::UnknownSignIn) => (
            "Diese Anmeldung hat zu lange gedauert, ist schon beendet oder begann in einem anderen Browser.",
            "Fangen Sie in der App neu an.",
        ),
        NotSignedIn::Refused(_) | NotSignedIn::Zoom(_) => (
            "Zoom hat nicht gesagt, wer Sie sind.",
            "Fangen Sie in der App neu an. Geschieht es wieder, fragen Sie Ihre Administration.",
        ),
        NotSignedIn::Store(_) => (
            "Der Speicher des Relays antwortet nicht.",
            "Warten Sie einige Minuten und fangen Sie in der App neu an.",
        ),
    };
    Words { title: "", what, next }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};

    use super::*;

    fn liked(header: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(header));
        language(&headers)
    }

    #[test]
    fn the_policy_allows_the_style_of_the_page_and_nothing_else() {
        let hash = STANDARD.encode(Sha256::digest(STYLE));

        assert!(POLICY.contains(&format!("style-src 'sha256-{hash}';")), "{hash}");
        assert!(POLICY.starts_with("default-src 'none';") && !POLICY.contains("unsafe"));
    }

    #[test]
    fn the_page_speaks_the_language_that_the_browser_likes_best() {
        assert_eq!(liked("de-AT,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(liked("fr, en-GB;q=0.7, de;q=0.3"), Language::English);
        assert_eq!(liked("en;q=0.5, de;q=0.6"), Language::German);
        assert_eq!(liked("fr"), Language::English);
    }

    #[test]
    fn every_page_says_what_to_do() {
        let all = [
            NotSignedIn::BadAddress,
            NotSignedIn::NotOffered,
            NotSignedIn::TooMany,
            NotSignedIn::Refused(Why::Declined),
            NotSignedIn::Refused(Why::WrongAccount),
            NotSignedIn::Refused(Why::UnknownSignIn),
        ];
        for why in all {
            for language in [Language::English, Language::German] {
                let page = html(language, words(&why, language));
                assert!(page.contains("App") || page.contains("app") || page.contains("dministra"), "{page}");
                assert!(!page.contains("<script"), "{page}");
            }
        }
    }
}
