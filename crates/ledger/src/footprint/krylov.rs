//! Fallbacks for systems on which sweeps do not converge: restarted GMRES (Y. Saad, M. Schultz, 1986) with the diagonal
//! as right preconditioner, and Gaussian elimination with row pivoting.

const RESTART: usize = 60;
const CYCLES_MAX: usize = 40;

/// Solves `A x = b`; gives the best found and the number of steps. `goal` bounds the residual's largest entry.
pub(super) fn gmres(
    apply: impl Fn(&[f64]) -> Vec<f64>,
    diagonal: &[f64],
    b: &[f64],
    goal: f64,
) -> (Vec<f64>, usize) {
    let n = b.len();
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut x = vec![0.0; n];
    let mut steps = 0;
    for _ in 0..CYCLES_MAX {
        let image = apply(&x);
        let residual: Vec<f64> = b.iter().zip(&image).map(|(b, a)| b - a).collect();
        let size = norm(&residual);
        if residual.iter().all(|r| r.abs() <= goal) || !size.is_finite() {
            break;
        }
        let mut basis: Vec<Vec<f64>> = vec![residual.iter().map(|r| r / size).collect()];
        // Upper triangle of the Hessenberg matrix after rotations, column by column.
        let mut triangle: Vec<Vec<f64>> = Vec::new();
        let mut rotations: Vec<(f64, f64)> = Vec::new();
        let mut right = vec![size];
        for step in 0..RESTART.min(n) {
            let z: Vec<f64> = basis[step].iter().zip(diagonal).map(|(v, d)| v / d).collect();
            let mut w = apply(&z);
            let mut column = Vec::with_capacity(step + 2);
            // Twice is enough: the second pass removes what rounding left.
            let mut second = vec![0.0; step + 1];
            for v in &basis {
                let h = dot(&w, v);
                w.iter_mut().zip(v).for_each(|(w, v)| *w -= h * v);
                column.push(h);
            }
            for (v, extra) in basis.iter().zip(&mut second) {
                *extra = dot(&w, v);
                w.iter_mut().zip(v).for_each(|(w, v)| *w -= *extra * v);
            }
            column.iter_mut().zip(&second).for_each(|(h, extra)| *h += extra);
            let below = norm(&w);
            for (at, (c, s)) in rotations.iter().enumerate() {
                let (upper, lower) = (column[at], if at + 1 < column.len() { column[at + 1] } else { below });
                column[at] = c * upper + s * lower;
                if at + 1 < column.len() {
                    column[at + 1] = -s * upper + c * lower;
                }
            }
            let last = column[step];
            let length = last.hypot(below);
            if length == 0.0 {
                break;
            }
            let (c, s) = (last / length, below / length);
            column[step] = length;
            rotations.push((c, s));
            let carried = right[step];
            right[step] = c * carried;
            right.push(-s * carried);
            triangle.push(column);
            steps += 1;
            if below == 0.0 || right[step + 1].abs() <= goal * 0.1 {
                break;
            }
            basis.push(w.iter().map(|w| w / below).collect());
        }
        let k = triangle.len();
        let mut y = vec![0.0; k];
        for i in (0..k).rev() {
            let known: f64 = (i + 1..k).map(|j| triangle[j][i] * y[j]).sum();
            y[i] = (right[i] - known) / triangle[i][i];
        }
        for (v, weight) in basis.iter().zip(&y) {
            for i in 0..n {
                x[i] += weight * v[i] / diagonal[i];
            }
        }
    }
    (x, steps)
}

/// Solves a dense system; `None` where it is singular. One step of refinement follows.
pub(super) fn eliminate(matrix: Vec<Vec<f64>>, b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    let mut factor = matrix.clone();
    let mut order: Vec<usize> = (0..n).collect();
    for k in 0..n {
        let pivot = (k..n).max_by(|i, j| factor[*i][k].abs().total_cmp(&factor[*j][k].abs()))?;
        if factor[pivot][k].abs() < 1e-14 {
            return None;
        }
        factor.swap(k, pivot);
        order.swap(k, pivot);
        let (upper, lower) = factor.split_at_mut(k + 1);
        let head = &upper[k];
        for row in lower {
            let multiple = row[k] / head[k];
            row[k] = multiple;
            if multiple != 0.0 {
                row[k + 1..].iter_mut().zip(&head[k + 1..]).for_each(|(r, h)| *r -= multiple * h);
            }
        }
    }
    let back = |right: &[f64]| -> Vec<f64> {
        let mut x: Vec<f64> = order.iter().map(|i| right[*i]).collect();
        for i in 0..n {
            let known: f64 = (0..i).map(|j| factor[i][j] * x[j]).sum();
            x[i] -= known;
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| factor[i][j] * x[j]).sum();
            x[i] = (x[i] - known) / factor[i][i];
        }
        x
    };
    let mut x = back(&b);
    let residual: Vec<f64> = matrix
        .iter()
        .zip(&b)
        .map(|(row, b)| b - row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>())
        .collect();
    x.iter_mut().zip(back(&residual)).for_each(|(x, d)| *x += d);
    Some(x)
}
