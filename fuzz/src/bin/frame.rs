//! Any bytes called a frame, a stream of frames or a recipe give samples or a fault, never a panic.
#![no_main]

use exchange::frame::Packets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for packet in Packets::new("fuzz", bytes) {
        let Ok(packet) = packet else { break };
        let Ok(frame) = packet.decode() else { continue };
        let (width, height) = frame.size();
        assert!(width > 0 && height > 0);
        frame.tone(width - 1, height - 1);
        // Large frames are right too, but slow here.
        if width * height < 1 << 16 {
            drop(frame.as_frame().channels());
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(exchange::inspection::recipe(text));
    }
});
