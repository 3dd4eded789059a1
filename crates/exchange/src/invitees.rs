//! The workbook of whom to invite: an enterprise a row, with its code, a person and an e-mail where they are known.

use crate::columns::{Field, Headings, PlanOptions, SheetKind, plan};
use crate::plain::PlainTable;
use crate::sheet::{self, ReadOptions, Row, a1};
use crate::write::WriteError;
use model::fold::fold_name;
use model::reference::Reference;
use model::uscc::Uscc;

/// Words over the column of e-mail addresses; enterprises have none of their own.
const EMAIL: [&str; 8] = ["邮箱", "电子邮箱", "邮件", "电子邮件", "邮箱地址", "e-mail", "email", "mail"];
/// So many rows at most.
const ROWS_MAX: usize = 2_000;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// Name of the enterprise.
    pub enterprise: String,
    /// Its code, checked.
    pub uscc: Option<Uscc>,
    /// Person; may be empty.
    pub contact: String,
    /// E-mail as given; may be empty.
    pub email: String,
    /// Where the e-mail stands, such as `名单!D5`, for whoever checks it.
    pub email_cell: String,
}

/// Reads the first sheet with rows that is not hidden.
///
/// # Errors
/// What is wrong, with file, sheet and cell, one line each.
pub fn read(bytes: &[u8], file: &str, reference: &Reference) -> Result<Vec<Invitee>, Vec<String>> {
    let one = |e: &dyn std::fmt::Display| vec![e.to_string()];
    let sheets = sheet::read(bytes, file, &ReadOptions::default()).map_err(|e| one(&e))?;
    let Some(sheet) = sheets.iter().find(|sheet| !sheet.hidden && !sheet.rows.is_empty()) else {
        return Err(vec![format!("{file}：没有数据")]);
    };
    let options = PlanOptions { kind: Some(SheetKind::Enterprises), ..PlanOptions::default() };
    let plan = plan(sheet, &Headings::builtin(reference), &options).map_err(|e| one(&e))?;
    let column = |field| plan.column_of(field).map(|column| column.column);
    let email = plan.columns.iter().find(|c| EMAIL.contains(&fold_name(&c.heading).as_str()));
    let email = email.map(|column| column.column);
    let enterprise = column(Field::Enterprise).ok_or_else(|| vec![format!("{file}：没有“企业名称”列")])?;
    let text =
        |row: &Row, column: Option<u32>| column.map_or(String::new(), |c| row.text(c).trim().to_owned());
    let (mut invitees, mut faults) = (Vec::new(), Vec::new());
    for row in sheet.rows.iter().filter(|row| row.number > plan.heading_last) {
        let place = |column: u32| format!("{file} {}!{}", sheet.name, a1(row.number, column));
        let name = text(row, Some(enterprise));
        if name.is_empty() {
            if row.cells.iter().any(|cell| !cell.value.text().trim().is_empty()) {
                faults.push(format!("{}：缺企业名称", place(enterprise)));
            }
            continue;
        }
        let code = text(row, column(Field::Uscc));
        let uscc = match code.is_empty() {
            true => None,
            false => match Uscc::parse(&code) {
                Ok(code) => Some(code),
                Err(error) => {
                    faults.push(format!("{}：{error}", place(column(Field::Uscc).unwrap_or(0))));
                    None
                }
            },
        };
        invitees.push(Invitee {
            enterprise: name,
            uscc,
            contact: text(row, column(Field::Contact)),
            email: text(row, email),
            email_cell: email.map_or(String::new(), place),
        });
    }
    if invitees.len() > ROWS_MAX {
        faults.push(format!("{file}：一次最多邀请{ROWS_MAX}家，实有{}家", invitees.len()));
    }
    if invitees.is_empty() && faults.is_empty() {
        faults.push(format!("{file}：没有可邀请的企业"));
    }
    if faults.is_empty() { Ok(invitees) } else { Err(faults) }
}

/// The workbook with a link for each row.
///
/// # Errors
/// It cannot be written.
pub fn write(invitees: &[Invitee], links: &[String], until: &str) -> Result<Vec<u8>, WriteError> {
    let headings = ["企业名称", "统一社会信用代码", "联系人", "邮箱", "有效期至", "邀请链接"];
    let row = |(invitee, link): (&Invitee, &String)| {
        vec![
            invitee.enterprise.clone(),
            invitee.uscc.as_ref().map(ToString::to_string).unwrap_or_default(),
            invitee.contact.clone(),
            invitee.email.clone(),
            until.to_owned(),
            link.clone(),
        ]
    };
    let table = PlainTable {
        title: "会员邀请".to_owned(),
        headings: headings.map(str::to_owned).to_vec(),
        rows: invitees.iter().zip(links).map(row).collect(),
    };
    table.xlsx()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_members_is_read_and_written_back() {
        let text = "会员名单\n序号,单位名称,信用代码,联系人,电子邮箱,备注\n1,万安显示科技有限公司,91350100M000100Y43,张三,z@example.com,\n2,泰和精密五金有限公司,,,,老会员\n";
        let read_back = |bytes: &[u8], name: &str| read(bytes, name, Reference::builtin());
        let invitees = read_back(text.as_bytes(), "名单.csv").unwrap();
        assert_eq!(invitees.len(), 2);
        assert_eq!((invitees[0].contact.as_str(), invitees[0].email.as_str()), ("张三", "z@example.com"));
        assert_eq!(invitees[0].email_cell, "名单.csv 名单!E3");
        assert_eq!(invitees[1].uscc, None);
        let links = ["https://x/join/1".to_owned(), "https://x/join/2".to_owned()];
        let book = write(&invitees, &links, "2026-12-31").unwrap();
        let again = read_back(&book, "邀请.xlsx").unwrap();
        let names =
            |all: &[Invitee]| all.iter().map(|i| (i.enterprise.clone(), i.uscc.clone())).collect::<Vec<_>>();
        assert_eq!(names(&again), names(&invitees));
    }

    #[test]
    fn every_fault_is_named_with_its_cell() {
        let text =
            "企业名称,统一社会信用代码\n万安显示科技有限公司,91350100M000100Y44\n,91350100M000100Y43\n";
        let faults = read(text.as_bytes(), "a.csv", Reference::builtin()).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("a.csv a!B2：第18位校验码"), "{faults:?}");
        assert_eq!(faults[1], "a.csv a!A3：缺企业名称");
        let none = read("型号,单价\nx,1\n".as_bytes(), "b.csv", Reference::builtin()).unwrap_err();
        assert_eq!(none.len(), 1, "{none:?}");
    }
}
