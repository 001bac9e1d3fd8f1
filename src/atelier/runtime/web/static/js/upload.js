// Sending one file with its progress, and drawing a small picture of it before it is sent.

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Calls `ended` with (answer) or (null, what the server said); returns a function that breaks the upload off. */
export function sendFile(url, file, { progressed, ended }) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("file", file, file.name);
  request.open("POST", url);
  request.setRequestHeader("Accept", "application/json");
  request.upload.onprogress = ({ loaded, total }) => progressed(Math.round((100 * loaded) / total));
  request.onerror = () => ended(null, "");
  request.onload = () => {
    const answer = readJson(request.responseText);
    const image = answer.images ? answer.images[0] : answer;
    const isGood = request.status >= 200 && request.status < 300 && image?.id;
    if (isGood) ended(image, "");
    else ended(null, answer.refused?.[0]?.detail ?? answer.detail ?? "");
  };
  request.send(body);
  return () => request.abort();
}

/** Draws on a canvas, because the content policy has no place for blob addresses. */
export async function preview(canvas, file) {
  const picture = await createImageBitmap(file, { resizeWidth: 192, resizeQuality: "medium" }).catch(() => null);
  if (!picture) return;
  const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  canvas.getContext("2d").drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}

/** Puts the stored picture in the place of the drawn one, once it can be shown. */
export function showThumbnail(canvas, url) {
  const image = new Image(64, 48);
  Object.assign(image, { className: "file-thumb", alt: "", src: url });
  image.decode().then(() => canvas?.replaceWith(image), () => {});
}
