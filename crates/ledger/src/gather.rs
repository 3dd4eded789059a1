//! The inner loop of every sparse solve.

/// `Σ values[k] · x[columns[k]]`, in four sums side by side: one sum would wait for each addition to end before the next begins.
#[inline]
pub(crate) fn gather(columns: &[u32], values: &[f64], x: &[f64]) -> f64 {
    let (columns4, values4) = (columns.chunks_exact(4), values.chunks_exact(4));
    let rest: f64 =
        columns4.remainder().iter().zip(values4.remainder()).map(|(c, v)| v * x[*c as usize]).sum();
    let (mut a, mut b, mut c, mut d) = (0.0, 0.0, 0.0, 0.0);
    for (column, value) in columns4.zip(values4) {
        a += value[0] * x[column[0] as usize];
        b += value[1] * x[column[1] as usize];
        c += value[2] * x[column[2] as usize];
        d += value[3] * x[column[3] as usize];
    }
    (a + b) + (c + d) + rest
}
