//! Balance equations: sums of products of variables and numbers, such as `m4 - m3*tc34 = 0`.

use std::collections::HashMap;

/// A sum of products that must be zero.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Equation {
    /// Of each summand its number, sign included, and where its variables end in `factors`.
    terms: Vec<(f64, usize)>,
    /// Variables of all summands, side by side: equations come by the ten thousand.
    factors: Vec<usize>,
    /// A summand multiplies variables.
    has_products: bool,
}

/// A text that is no equation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EquationError {
    /// A character or word that does not belong there.
    #[error("方程“{equation}”第 {column} 个字符处读到“{found}”，应为{expected}")]
    Syntax {
        /// The whole text.
        equation: String,
        /// Place, in characters from 1.
        column: usize,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
    /// A variable that is not declared.
    #[error("方程“{equation}”中的变量“{name}”没有定义")]
    UnknownVariable {
        /// The whole text.
        equation: String,
        /// The variable.
        name: String,
    },
}

impl Equation {
    /// Reads an equation over named variables.
    ///
    /// # Errors
    /// The first thing that does not fit, with its place.
    pub fn parse(text: &str, variables: &HashMap<String, usize>) -> Result<Self, EquationError> {
        let mut parser = Parser { text, rest: text, variables };
        let mut equation = Self::default();
        parser.sum(1.0, &mut equation)?;
        parser.expect('=')?;
        parser.sum(-1.0, &mut equation)?;
        parser.skip_space();
        if parser.rest.is_empty() { Ok(equation) } else { Err(parser.fault("运算符 + - * 或结尾")) }
    }

    /// Adds a summand: its number, and the variables that are multiplied (none for a plain number).
    pub fn add(&mut self, coefficient: f64, factors: &[usize]) {
        self.factors.extend_from_slice(factors);
        self.has_products |= factors.len() > 1;
        self.terms.push((coefficient, self.factors.len()));
    }

    /// Number of summands.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// True for an equation without summands.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Summands: number and variables.
    fn terms(&self) -> impl Iterator<Item = (f64, &[usize])> {
        let mut start = 0;
        self.terms.iter().map(move |(coefficient, end)| {
            let factors = &self.factors[start..*end];
            start = *end;
            (*coefficient, factors)
        })
    }

    /// Its value.
    pub fn value(&self, values: &[f64]) -> f64 {
        self.terms()
            .map(|(coefficient, factors)| coefficient * factors.iter().map(|f| values[*f]).product::<f64>())
            .sum()
    }

    /// Its value; its derivatives are added to the list, variable and value, one for each occurrence.
    pub fn linearise(&self, values: &[f64], gradient: &mut Vec<(usize, f64)>) -> f64 {
        let mut sum = 0.0;
        for (coefficient, factors) in self.terms() {
            if let [variable] = factors {
                gradient.push((*variable, coefficient));
                sum += coefficient * values[*variable];
                continue;
            }
            for (at, variable) in factors.iter().enumerate() {
                let others = factors.iter().enumerate().filter(|(i, _)| *i != at);
                gradient.push((*variable, coefficient * others.map(|(_, f)| values[*f]).product::<f64>()));
            }
            sum += coefficient * factors.iter().map(|f| values[*f]).product::<f64>();
        }
        sum
    }

    /// True where no summand multiplies variables.
    pub fn is_linear(&self) -> bool {
        !self.has_products
    }
}

struct Parser<'t> {
    text: &'t str,
    rest: &'t str,
    variables: &'t HashMap<String, usize>,
}

impl Parser<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn fault(&self, expected: &'static str) -> EquationError {
        let column = self.text[..self.text.len() - self.rest.len()].chars().count() + 1;
        let found = self.rest.chars().next().map_or_else(|| "结尾".to_owned(), String::from);
        EquationError::Syntax { equation: self.text.to_owned(), column, found, expected }
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip_space();
        let tail = self.rest.strip_prefix(wanted);
        self.rest = tail.unwrap_or(self.rest);
        tail.is_some()
    }

    fn expect(&mut self, wanted: char) -> Result<(), EquationError> {
        if self.take(wanted) { Ok(()) } else { Err(self.fault("运算符 + - * 或 =")) }
    }

    fn sum(&mut self, side: f64, equation: &mut Equation) -> Result<(), EquationError> {
        let mut sign = if self.take('-') { -side } else { side };
        loop {
            let (coefficient, factors) = self.product(sign)?;
            equation.add(coefficient, &factors);
            sign = if self.take('+') {
                side
            } else if self.take('-') {
                -side
            } else {
                return Ok(());
            };
        }
    }

    fn product(&mut self, sign: f64) -> Result<(f64, Vec<usize>), EquationError> {
        let (mut coefficient, mut factors) = (sign, Vec::new());
        loop {
            self.skip_space();
            let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            let end = self.rest.find(|c: char| !is_word(c)).unwrap_or(self.rest.len());
            let (word, tail) = self.rest.split_at(end);
            if word.is_empty() {
                return Err(self.fault("变量名或数字"));
            }
            if let Ok(number) = word.parse::<f64>() {
                coefficient *= number;
            } else if let Some(variable) = self.variables.get(word) {
                factors.push(*variable);
            } else {
                return Err(EquationError::UnknownVariable {
                    equation: self.text.to_owned(),
                    name: word.to_owned(),
                });
            }
            self.rest = tail;
            if !self.take('*') {
                return Ok((coefficient, factors));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_value_and_gradient() {
        let variables = HashMap::from([("x".to_owned(), 0), ("回收".to_owned(), 1)]);
        let equation = Equation::parse(" -2*x*回收 + 3 = x*x ", &variables).unwrap();
        assert_eq!(equation.value(&[2.0, 5.0]), -21.0);
        let mut gradient = Vec::new();
        assert_eq!(equation.linearise(&[2.0, 5.0], &mut gradient), -21.0);
        let of = |variable: usize| gradient.iter().filter(|e| e.0 == variable).map(|e| e.1).sum::<f64>();
        assert_eq!([of(0), of(1)], [-14.0, -4.0]);
        assert!(!equation.is_linear());
        for (text, expect) in [
            ("x + = 0", "方程“x + = 0”第 5 个字符处读到“=”，应为变量名或数字"),
            ("x + y = 0", "方程“x + y = 0”中的变量“y”没有定义"),
            ("x", "方程“x”第 2 个字符处读到“结尾”，应为运算符 + - * 或 ="),
            ("x = 0 0", "方程“x = 0 0”第 7 个字符处读到“0”，应为运算符 + - * 或结尾"),
        ] {
            assert_eq!(Equation::parse(text, &variables).unwrap_err().to_string(), expect);
        }
    }
}
