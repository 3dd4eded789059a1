// Scanning a code by camera, only where the browser itself can read one.
"use strict";
(async () => {
  const button = document.querySelector("#scan"), video = document.querySelector("#camera"), field = document.querySelector("#code");
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
  const formats = ["qr_code", "data_matrix", "code_128", "ean_13"].filter(format => known.includes(format));
  if (!formats.length) return;
  button.hidden = false;
  let stream = null;
  const stop = () => {
    stream?.getTracks().forEach(track => track.stop());
    stream = null;
    video.hidden = true;
  };
  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      button.textContent = button.dataset.failed;
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const detector = new BarcodeDetector({ formats });
    while (stream) {
      const found = await detector.detect(video).catch(() => []);
      if (found.length) {
        field.value = found[0].rawValue;
        stop();
        field.form.requestSubmit();
        return;
      }
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  });
})();
