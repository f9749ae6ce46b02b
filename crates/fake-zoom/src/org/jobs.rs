//! Departments, the titles that fit them, and what people there know.

/// A department with its titles, from many to few, and its skills.
#[derive(Debug)]
pub(crate) struct Department {
    pub(crate) name: &'static str,
    pub(crate) cost_center: &'static str,
    pub(crate) titles: &'static [&'static str],
    pub(crate) skills: &'static [&'static str],
    /// How many of a hundred or so people work here.
    pub(crate) weight: u32,
    /// Name of the call queue this department staffs, if any.
    pub(crate) queue: Option<&'static str>,
}

/// All departments. The first is the one the demo's agent works in.
pub(crate) const DEPARTMENTS: &[Department] = &[
    Department {
        name: "Customer Care",
        cost_center: "CC-100",
        titles: &[
            "Customer Care Agent",
            "Senior Customer Care Agent",
            "Care Team Lead",
            "Head of Customer Care",
        ],
        skills: &["complaints", "orders", "returns", "refunds", "loyalty", "address changes", "callbacks"],
        weight: 26,
        queue: Some("Customer Care"),
    },
    Department {
        name: "Billing",
        cost_center: "CC-110",
        titles: &[
            "Billing Specialist",
            "Senior Billing Specialist",
            "Collections Specialist",
            "Billing Lead",
        ],
        skills: &["refunds", "SEPA", "chargebacks", "VAT", "direct debit", "dunning", "invoices", "IBAN"],
        weight: 14,
        queue: Some("Billing"),
    },
    Department {
        name: "Technical Support",
        cost_center: "CC-120",
        titles: &["Support Engineer", "Senior Support Engineer", "Escalation Engineer", "Support Lead"],
        skills: &[
            "roaming",
            "eSIM",
            "routers",
            "fibre",
            "VPN",
            "firmware",
            "number porting",
            "outages",
            "VoIP",
        ],
        weight: 18,
        queue: Some("Technical Support"),
    },
    Department {
        name: "Claims",
        cost_center: "CC-130",
        titles: &["Claims Handler", "Senior Claims Handler", "Claims Assessor", "Head of Claims"],
        skills: &["warranty", "liability", "water damage", "theft", "recalls", "repairs", "fraud"],
        weight: 9,
        queue: Some("Claims"),
    },
    Department {
        name: "Sales",
        cost_center: "CC-200",
        titles: &[
            "Account Executive",
            "Key Account Manager",
            "Inside Sales Representative",
            "Sales Director",
        ],
        skills: &["contracts", "renewals", "upgrades", "tariffs", "tenders", "discounts", "B2B"],
        weight: 10,
        queue: Some("Sales"),
    },
    Department {
        name: "Logistics",
        cost_center: "CC-210",
        titles: &["Dispatcher", "Customs Specialist", "Warehouse Coordinator", "Logistics Manager"],
        skills: &["customs", "tracking", "express", "dangerous goods", "pallets", "returns", "Incoterms"],
        weight: 7,
        queue: Some("Logistics"),
    },
    Department {
        name: "Finance",
        cost_center: "CC-300",
        titles: &["Accountant", "Tax Specialist", "Controller", "Treasurer"],
        skills: &["VAT", "intrastat", "payroll", "audits", "currency", "credit notes", "SEPA"],
        weight: 5,
        queue: None,
    },
    Department {
        name: "Legal",
        cost_center: "CC-310",
        titles: &["Legal Counsel", "Privacy Officer", "Compliance Officer"],
        skills: &["GDPR", "consumer law", "withdrawal", "terms", "licensing", "trademarks"],
        weight: 2,
        queue: None,
    },
    Department {
        name: "IT",
        cost_center: "CC-320",
        titles: &["Systems Engineer", "Service Desk Analyst", "Network Engineer", "Head of IT"],
        skills: &["passwords", "single sign-on", "Wi-Fi", "printers", "telephony", "VPN"],
        weight: 6,
        queue: Some("IT Service Desk"),
    },
    Department {
        name: "People",
        cost_center: "CC-330",
        titles: &["HR Business Partner", "Recruiter", "Payroll Specialist"],
        skills: &["payroll", "visas", "onboarding", "parental leave", "training"],
        weight: 3,
        queue: None,
    },
];

/// The index of the department with this name.
pub(crate) fn department(name: &str) -> Option<&'static Department> {
    DEPARTMENTS.iter().find(|department| department.name == name)
}
