//! SEMI E142 substrate maps (schema V1005): a panel with its beads as devices, one map a frame, bins by class.
//!
//! Rows of bin codes run from the top row, codes from the left column; origin and axes say so (UpperLeft, DownRight).
//! Each code has two hexadecimal digits: 01 good, 02 and so on as the bin definitions say, 00 not measured.

use super::{Run, Sheet, class_number, put, xml};
use std::fmt::Write as _;
use vision::classify::Class;

/// Everything before the maps, substrates named.
pub fn head(run: &Run) -> String {
    let (pitch, bead) = (run.pitch_um, run.bead_um);
    // The lowest device's lower left corner from the panel's, which ends half a pitch beyond the outer beads.
    let corner = (pitch - bead) / 2.0;
    let mut out = String::new();
    put!(
        out,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<MapData xmlns="urn:semi-org:xsd.E142-1.V1005.SubstrateMap">
  <Layouts>
    <Layout LayoutId="Panel" DefaultUnits="micron" TopLevel="true">
      <Dimension X="1" Y="1"/>
      <DeviceSize X="{}" Y="{}"/>
      <ChildLayouts>
        <ChildLayout LayoutId="Beads"/>
      </ChildLayouts>
    </Layout>
    <Layout LayoutId="Beads" DefaultUnits="micron">
      <Dimension X="{}" Y="{}"/>
      <LowerLeft X="{corner}" Y="{corner}"/>
      <DeviceSize X="{bead}" Y="{bead}"/>
      <StepSize X="{pitch}" Y="{pitch}"/>
      <ProductId>{}</ProductId>
    </Layout>
  </Layouts>
  <SubstrateMaps>
"#,
        pitch * run.columns as f64,
        pitch * run.rows as f64,
        run.columns,
        run.rows,
        xml(&run.recipe)
    );
    out
}

/// The map of one frame.
pub fn section(run: &Run, sheet: &Sheet<'_>) -> String {
    let count = |class| sheet.beads.iter().filter(|b| b.class == class).count();
    let mut out = String::with_capacity(sheet.beads.len() * 2 + 4096);
    put!(
        out,
        r#"    <SubstrateMap SubstrateType="Panel" SubstrateId="{}" LayoutSpecifier="Panel/Beads" SubstrateSide="TopSide" Orientation="0" OriginLocation="UpperLeft" AxisDirection="DownRight">
      <Overlay MapName="Inspection" MapVersion="1">
        <BinCodeMap BinType="HexaDecimal" NullBin="00" MapType="2DArray">
          <BinDefinitions>
"#,
        xml(&format!("{}#{} {}", run.lot, sheet.frame, sheet.name))
    );
    for class in Class::ALL.into_iter().filter(|c| *c != Class::Unmeasured) {
        let quality = if class == Class::Ok { "Pass" } else { "Fail" };
        put!(
            out,
            "            <BinDefinition BinCode=\"{:02X}\" BinCount=\"{}\" BinQuality=\"{quality}\" BinDescription=\"{}\"/>\n",
            class_number(class),
            count(class),
            class.word()
        );
    }
    out.push_str("          </BinDefinitions>\n");
    for row in sheet.beads.chunks(sheet.columns) {
        out.push_str("          <BinCode>");
        for bead in row {
            put!(out, "{:02X}", class_number(bead.class));
        }
        out.push_str("</BinCode>\n");
    }
    out.push_str("        </BinCodeMap>\n      </Overlay>\n    </SubstrateMap>\n");
    out
}

/// Everything after the maps.
pub const FOOT: &str = "  </SubstrateMaps>\n</MapData>\n";
