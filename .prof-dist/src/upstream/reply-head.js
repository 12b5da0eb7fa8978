"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.readReplyHead = readReplyHead;
const MOST_HEADERS = 100;
const LONGEST_MEDIA_TYPE = 256;
/**
 * Reads the few headers that decide how a body is taken; all others are dropped unread.
 *
 * Takes   undici's raw headers: name, value, name, value …
 * Gives   the head, or the word for what is wrong with it.
 * Source  SMG-14, SMG-20, BOD-13, BOD-14, BOD-17: a body whose end can be read in two ways, or only by the connection closing, is refused.
 */
function readReplyHead(rawHeaders) {
    if (rawHeaders.length > MOST_HEADERS * 2)
        return 'too-many-headers';
    let mediaType = null;
    let contentLength = null;
    let transferEncoding = null;
    let contentEncoding = null;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
        const name = rawHeaders[i];
        // Lengths of content-type, content-length, content-encoding, transfer-encoding: other names are not even decoded.
        if (name.length < 12 || name.length > 17)
            continue;
        switch (name.toString('latin1').toLowerCase()) {
            case 'content-type':
                if (mediaType !== null)
                    return 'repeated-header';
                mediaType = textOf(rawHeaders[i + 1]);
                break;
            case 'content-length':
                if (contentLength !== null)
                    return 'repeated-header';
                contentLength = textOf(rawHeaders[i + 1]);
                break;
            case 'content-encoding':
                if (contentEncoding !== null)
                    return 'repeated-header';
                contentEncoding = textOf(rawHeaders[i + 1]);
                break;
            case 'transfer-encoding':
                if (transferEncoding !== null)
                    return 'repeated-header';
                transferEncoding = textOf(rawHeaders[i + 1]);
                break;
            default:
        }
    }
    if (contentLength !== null && transferEncoding !== null)
        return 'two-lengths';
    if (contentLength === null && transferEncoding === null)
        return 'no-length';
    if (contentLength !== null && !/^\d{1,15}$/.test(contentLength))
        return 'content-length-form';
    if (transferEncoding !== null && transferEncoding.toLowerCase() !== 'chunked')
        return 'transfer-encoding-form';
    if (mediaType !== null && (mediaType.length > LONGEST_MEDIA_TYPE || !/^[\t\x20-\x7e]*$/.test(mediaType)))
        return 'header-value';
    const encoding = contentEncoding === null ? 'identity' : contentEncoding.toLowerCase();
    if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'br')
        return 'content-encoding-form';
    return { mediaType: mediaType ?? '', contentLength: contentLength === null ? null : Number(contentLength), encoding };
}
const textOf = (value) => (value === undefined ? '' : value.toString('latin1'));
