//! Points by band and by member: comparisons without a branch.

/// Most edges that are compared in one pass.
const EDGES: usize = 12;

/// Points by band: every edge that the value passes moves it one band up. An edge is the greatest
/// value of the band before it; `next` are the points behind each.
#[inline(always)]
pub(super) fn bands<T: Copy>(
    out: &mut [T],
    data: &[i64],
    valid: &[u8],
    first: T,
    edges: &[i64],
    next: &[T],
    missing: T,
) {
    macro_rules! with {
        ($($n:literal)*) => {
            match edges.len() {
                $($n => return few::<$n, T>(out, data, valid, first, edges, next, missing),)*
                _ => {}
            }
        };
    }
    with!(0 1 2 3 4 5 6 7 8 9 10 11 12);
    out.fill(first);
    for (edge, next) in edges.iter().copied().zip(next.iter().copied()) {
        for (p, x) in out.iter_mut().zip(data) {
            *p = if *x > edge { next } else { *p };
        }
    }
    for (p, v) in out.iter_mut().zip(valid) {
        *p = if *v == 1 { *p } else { missing };
    }
}

#[inline(always)]
fn few<const N: usize, T: Copy>(
    out: &mut [T],
    data: &[i64],
    valid: &[u8],
    first: T,
    edges: &[i64],
    next: &[T],
    missing: T,
) {
    // Copies stay in registers; references would be followed again for every row.
    let (Some(edges), Some(next)) = (edges.first_chunk::<N>().copied(), next.first_chunk::<N>().copied()) else {
        return;
    };
    for ((p, x), v) in out.iter_mut().zip(data).zip(valid) {
        let mut points = first;
        for (edge, next) in edges.iter().zip(&next) {
            points = if *x > *edge { *next } else { points };
        }
        *p = if *v == 1 { points } else { missing };
    }
}

/// Points by member: comparisons where there are few, a look-up where there are many.
#[inline(always)]
pub(super) fn members<T: Copy>(out: &mut [T], data: &[i64], valid: &[u8], points: &[T], missing: T) {
    const BELOW: [i64; EDGES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    if let Some((first, next)) = points.split_first()
        && let Some(edges) = BELOW.get(..next.len())
    {
        return bands(out, data, valid, *first, edges, next, missing);
    }
    for ((p, x), v) in out.iter_mut().zip(data).zip(valid) {
        let found = usize::try_from(*x).ok().and_then(|x| points.get(x)).copied();
        *p = found.filter(|_| *v == 1).unwrap_or(missing);
    }
}
