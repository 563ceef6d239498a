// How large a picture is, from its first bytes, before an engine decodes it.

export interface Size {
  width: number;
  height: number;
}

/** The size of a PNG, JPEG or WebP; null for everything else, and for what is cut off. */
export function sizeOf(bytes: Uint8Array): Size | null {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = png(data) ?? jpeg(data) ?? webp(data);
    return size && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // behind the end
    throw error;
  }
}

/** W3C PNG, section 11.2.1: the chunk IHDR is the first. */
function png(data: DataView): Size | null {
  if (data.getUint32(0) !== 0x89504e47 || data.getUint32(12) !== 0x49484452) return null;
  return { width: data.getUint32(16), height: data.getUint32(20) };
}

/** ITU T.81, B.1.1: segments with a length each, until that of the frame (SOF). */
function jpeg(data: DataView): Size | null {
  if (data.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; ; at += 2 + data.getUint16(at + 2)) {
    while (data.getUint16(at) === 0xffff) at++; // fill bytes
    const marker = data.getUint16(at);
    if (marker < 0xffc0 || marker === 0xffda) return null;
    if (marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return { width: data.getUint16(at + 7), height: data.getUint16(at + 5) };
    }
  }
}

/** RFC 9649: "RIFF", "WEBP", and the first chunk, of one of three kinds. */
function webp(data: DataView): Size | null {
  if (data.getUint32(0) !== 0x52494646 || data.getUint32(8) !== 0x57454250) return null;
  switch (data.getUint32(12)) {
    case 0x56503820: // "VP8 ": after the frame tag and the start code
      return {
        width: data.getUint16(26, true) & 0x3fff,
        height: data.getUint16(28, true) & 0x3fff,
      };
    case 0x5650384c: {
      // "VP8L": 14 bits each, less one
      const bits = data.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 0x56503858: // "VP8X": 24 bits each, less one
      return { width: uint24(data, 24) + 1, height: uint24(data, 27) + 1 };
    default:
      return null;
  }
}

function uint24(data: DataView, at: number): number {
  return data.getUint16(at, true) | (data.getUint8(at + 2) << 16);
}
