//! Custom attributes: the only place of a Zoom directory where skills and languages can stand.

use serde::Deserialize;

use crate::lenient::de_text;

/// Names under which organisations keep skills, in lower case.
const SKILLS: [&str; 8] = [
    "skills",
    "skill",
    "expertise",
    "specialties",
    "specialities",
    "competencies",
    "competences",
    "knowledge",
];
/// Names under which organisations keep languages, in lower case.
const LANGUAGES: [&str; 5] = ["languages", "language", "languages spoken", "spoken languages", "speaks"];

/// One custom attribute of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Attribute {
    #[serde(deserialize_with = "de_text")]
    name: String,
    #[serde(deserialize_with = "de_text")]
    value: String,
}

/// The skills among the attributes, each once, in their order.
pub(super) fn skills(attributes: &[Attribute]) -> Vec<String> {
    listed(attributes, &SKILLS)
}

/// The languages among the attributes, each once, in their order.
pub(super) fn languages(attributes: &[Attribute]) -> Vec<String> {
    listed(attributes, &LANGUAGES)
}

fn listed(attributes: &[Attribute], names: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let ours = attributes.iter().filter(|one| names.contains(&one.name.trim().to_lowercase().as_str()));
    for item in ours.flat_map(|one| one.value.split([',', ';', '\n', '|'])).map(str::trim) {
        let known = found.iter().any(|known| known.to_lowercase() == item.to_lowercase());
        if !item.is_empty() && !known {
            found.push(item.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn skills_and_languages_are_read_from_attributes_of_such_names() {
        let attributes: Vec<Attribute> = serde_json::from_value(json!([
            { "key": "cbf_1", "name": "SKILLS ", "value": "Chargebacks, SEPA; chargebacks,," },
            { "key": "cbf_2", "name": "Expertise", "value": "Fraud" },
            { "key": "cbf_3", "name": "languages", "value": "Español; Deutsch" },
            { "key": "cbf_4", "name": "Badge", "value": 2323 },
        ]))
        .unwrap();

        assert_eq!(skills(&attributes), ["Chargebacks", "SEPA", "Fraud"]);
        assert_eq!(languages(&attributes), ["Español", "Deutsch"]);
    }
}
