//! The tray's icons as a tray host takes them.

use super::panel::Panel;
use hatrack_core::view::icon::Icon;

/// The five sizes of one icon, as PNG files.
macro_rules! files {
    ($panel:literal, $icon:literal) => {
        [
            include_bytes!(concat!("../../../../icons/tray/", $panel, "/", $icon, "-16.png")).as_slice(),
            include_bytes!(concat!("../../../../icons/tray/", $panel, "/", $icon, "-22.png")),
            include_bytes!(concat!("../../../../icons/tray/", $panel, "/", $icon, "-24.png")),
            include_bytes!(concat!("../../../../icons/tray/", $panel, "/", $icon, "-32.png")),
            include_bytes!(concat!("../../../../icons/tray/", $panel, "/", $icon, "-48.png")),
        ]
    };
}

/// An icon in all its sizes: ARGB32 in network byte order.
pub(crate) fn pixmaps(icon: Icon, panel: Panel) -> Vec<ksni::Icon> {
    let files: [&[u8]; 5] = match (panel, icon) {
        (Panel::Light, Icon::Plain) => files!("light", "plain"),
        (Panel::Light, Icon::Active) => files!("light", "active"),
        (Panel::Light, Icon::Attention) => files!("light", "attention"),
        (Panel::Light, Icon::Danger) => files!("light", "danger"),
        (Panel::Dark | Panel::Unknown, Icon::Plain) => files!("dark", "plain"),
        (Panel::Dark | Panel::Unknown, Icon::Active) => files!("dark", "active"),
        (Panel::Dark | Panel::Unknown, Icon::Attention) => files!("dark", "attention"),
        (Panel::Dark | Panel::Unknown, Icon::Danger) => files!("dark", "danger"),
    };
    // A file that can't be read would be a mistake of the build; a test reads them all.
    let icons = files.into_iter().filter_map(|file| decode(file).ok());
    match panel {
        Panel::Light | Panel::Dark => icons.collect(),
        Panel::Unknown => icons.map(edged).collect(),
    }
}

/// How dark the edge is that keeps a light icon visible on a light panel.
const EDGE_ALPHA: u8 = 0xb0;

/// The same icon with a dark edge of one pixel.
fn edged(mut icon: ksni::Icon) -> ksni::Icon {
    let (width, height) = (icon.width, icon.height);
    let alpha: Vec<u8> = icon.data.iter().step_by(4).copied().collect();
    let at = |x: i32, y: i32| match ((0..width).contains(&x), (0..height).contains(&y)) {
        (true, true) => {
            usize::try_from(y * width + x).ok().and_then(|index| alpha.get(index)).copied().unwrap_or(0)
        }
        (true | false, true | false) => 0,
    };
    for (index, pixel) in (0..).zip(icon.data.chunks_exact_mut(4)) {
        let (x, y) = (index % width, index / width);
        let near =
            (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))).map(|(dx, dy)| at(x + dx, y + dy));
        let edge = near.max().unwrap_or(0).min(EDGE_ALPHA);
        let own = pixel[0];
        if edge > own {
            // What was there fades into black as far as the edge covers it.
            for channel in &mut pixel[1..] {
                *channel =
                    u8::try_from(u16::from(*channel) * u16::from(own) / u16::from(edge)).unwrap_or(u8::MAX);
            }
            pixel[0] = edge;
        }
    }
    icon
}

fn decode(file: &[u8]) -> Result<ksni::Icon, Box<dyn std::error::Error>> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info()?;
    let mut data = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let frame = reader.next_frame(&mut data)?;
    data.truncate(frame.buffer_size());
    match frame.color_type {
        png::ColorType::Rgba => data.chunks_exact_mut(4).for_each(|pixel| pixel.rotate_right(1)),
        png::ColorType::GrayscaleAlpha => {
            data = data.chunks_exact(2).flat_map(|pixel| [pixel[1], pixel[0], pixel[0], pixel[0]]).collect();
        }
        png::ColorType::Grayscale | png::ColorType::Rgb | png::ColorType::Indexed => {
            return Err("no alpha channel".into());
        }
    }
    Ok(ksni::Icon { width: frame.width.try_into()?, height: frame.height.try_into()?, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_surrounds_what_is_seen_and_nothing_else() {
        let mut data = vec![0; 5 * 5 * 4];
        data[(2 * 5 + 2) * 4..][..4].fill(0xff);
        let edged = edged(ksni::Icon { width: 5, height: 5, data });
        let rows: Vec<Vec<u8>> = edged
            .data
            .chunks_exact(20)
            .map(|row| row.chunks_exact(4).map(|pixel| pixel[0]).collect())
            .collect();
        let (none, edge) = (vec![0; 5], EDGE_ALPHA);
        let above = vec![0, edge, edge, edge, 0];
        assert_eq!(rows, [none.clone(), above.clone(), vec![0, edge, 0xff, edge, 0], above, none]);
        assert_eq!(edged.data[(2 * 5 + 2) * 4..][..4], [0xff; 4], "what is seen stays as it was");
    }

    #[test]
    fn every_icon_has_five_sizes_with_something_to_see() {
        for panel in [Panel::Light, Panel::Dark, Panel::Unknown] {
            for icon in [Icon::Plain, Icon::Active, Icon::Attention, Icon::Danger] {
                let pixmaps = pixmaps(icon, panel);
                let sizes: Vec<(i32, i32)> =
                    pixmaps.iter().map(|pixmap| (pixmap.width, pixmap.height)).collect();
                assert_eq!(sizes, [16, 22, 24, 32, 48].map(|size| (size, size)), "{icon:?} {panel:?}");
                for pixmap in pixmaps {
                    let side = usize::try_from(pixmap.width).unwrap();
                    assert_eq!(pixmap.data.len(), side * side * 4);
                    let seen = pixmap.data.chunks_exact(4).filter(|pixel| pixel[0] > 128).count();
                    assert!(seen > side && seen < side * side, "{icon:?} {panel:?} {side}: {seen}");
                }
            }
        }
    }
}
