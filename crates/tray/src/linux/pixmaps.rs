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
        (Panel::Dark, Icon::Plain) => files!("dark", "plain"),
        (Panel::Dark, Icon::Active) => files!("dark", "active"),
        (Panel::Dark, Icon::Attention) => files!("dark", "attention"),
        (Panel::Dark, Icon::Danger) => files!("dark", "danger"),
    };
    // A file that can't be read would be a mistake of the build; a test reads them all.
    files.into_iter().filter_map(|file| decode(file).ok()).collect()
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
    fn every_icon_has_five_sizes_with_something_to_see() {
        for panel in [Panel::Light, Panel::Dark] {
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
