//! Rows of enterprises.

use super::error::ErrorCode;
use super::ident::{NAME_CHARS, unlabelled};
use super::row::RowReader;
use super::specs::NOTE_CHARS;
use crate::columns::Field;
use model::enterprise::Enterprise;
use model::region::Point;

/// Longitudes and latitudes of China and its neighbourhood; anything else is a slip.
const LON: std::ops::RangeInclusive<f64> = 70.0..=140.0;
const LAT: std::ops::RangeInclusive<f64> = 0.0..=56.0;

impl RowReader<'_> {
    pub(super) fn enterprise_row(&mut self) -> Enterprise {
        let before = self.errors.len();
        let (name, labelled) = unlabelled(&self.words(Field::Enterprise, NAME_CHARS));
        if name.is_empty() && self.errors.len() == before {
            let error = self.missing(Field::Enterprise, ErrorCode::MissingEnterprise).expected("企业全称");
            self.refuse(error);
        }
        let uscc = self.uscc();
        let mut out = Enterprise::new(uscc, &name);
        out.fictional = self.is_fictional(labelled);
        out.short_name = self.line(Field::ShortName, NAME_CHARS);
        out.other_names = self
            .line(Field::OtherNames, NOTE_CHARS)
            .split(['；', ';', '、', '，', ',', '|', '/'])
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect();
        (out.region, out.park) = self.place();
        out.address = self.line(Field::Address, NOTE_CHARS);
        out.point = self.point();
        out.industry = self.industry();
        out.group = self.line(Field::Group, NAME_CHARS);
        out.products = self.joined(Field::Products, NOTE_CHARS);
        out.employees = self.count(Field::Employees);
        out.revenue_fen = self.money_fen(Field::Revenue);
        out.contact = self.contact();
        out.note = self.joined(Field::Note, NOTE_CHARS);
        out.visibility = self.visibility();
        out
    }

    fn point(&mut self) -> Option<Point> {
        let lon = self.degrees(Field::Longitude, LON);
        let lat = self.degrees(Field::Latitude, LAT);
        match (lon, lat) {
            (Some(lon), Some(lat)) => Some(Point { lon, lat }),
            (None, None) => None,
            (Some(_), None) => {
                self.refuse_lone(Field::Latitude);
                None
            }
            (None, Some(_)) => {
                self.refuse_lone(Field::Longitude);
                None
            }
        }
    }

    fn refuse_lone(&mut self, field: Field) {
        // A refused half is already reported.
        if self.one(field).is_none() {
            let error = self
                .missing(field, ErrorCode::NumberUnreadable)
                .expected("度数")
                .hint("经度和纬度须同时填写");
            self.refuse(error);
        }
    }

    fn industry(&mut self) -> Option<String> {
        let found = self.one(Field::Industry)?;
        let industry = self.context().reference.industries.find(&found.text());
        if industry.is_none() {
            let error = self
                .error_at(&found, ErrorCode::IndustryUnknown)
                .expected("国民经济行业分类（GB/T 4754—2017）的代码或名称")
                .hint("如 3975 或 半导体照明器件制造");
            self.refuse(error);
        }
        industry.map(|i| i.code.clone())
    }
}
