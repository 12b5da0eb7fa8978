"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.PendingSecret = exports.secret = exports.origin = exports.webAddress = exports.addressRange = exports.listOf = exports.yesOrNo = exports.oneOf = exports.wholeNumber = exports.file = exports.folder = exports.hostName = exports.text = void 0;
const node_net_1 = require("node:net");
const zod_1 = require("zod");
const same = (text) => text;
const reader = (expects, schema, fromText = same) => ({
    expects,
    schema: schema(`expected ${expects}`),
    fromText,
});
exports.text = reader('text', (error) => zod_1.z.string({ error }).min(1, { error }));
exports.hostName = reader('an IP address or a host name', (error) => zod_1.z.string({ error }).regex(/^[A-Za-z0-9_.:-]{1,253}$/, { error }));
exports.folder = reader('the path of a folder', (error) => zod_1.z.string({ error }).min(1, { error }));
exports.file = reader('the path of a file', (error) => zod_1.z.string({ error }).min(1, { error }));
const wholeNumber = (least, most) => reader(`a whole number from ${least} to ${most}`, (error) => zod_1.z.number({ error }).int({ error }).min(least, { error }).max(most, { error }), 
// Text that is no number stays text, so that the message shows what was typed.
(typed) => (/^-?\d{1,15}$/.test(typed) ? Number(typed) : typed));
exports.wholeNumber = wholeNumber;
const oneOf = (...words) => reader(words.length === 2 ? `${words[0]} or ${words[1]}` : `one of ${words.join(', ')}`, (error) => zod_1.z.enum(words, { error }));
exports.oneOf = oneOf;
exports.yesOrNo = reader('true or false', (error) => zod_1.z.boolean({ error }), (typed) => (typed === 'true' ? true : typed === 'false' ? false : typed));
/** In the environment: words with commas between them. */
const listOf = (item) => reader(`a list, each ${item.expects}`, (error) => zod_1.z.array(item.schema, { error }), (typed) => typed
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map(item.fromText));
exports.listOf = listOf;
exports.addressRange = reader('an address range such as 10.0.0.0/8', (error) => zod_1.z.string({ error }).refine(isAddressRange, { error }));
const MAPPED = new node_net_1.BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');
function isAddressRange(range) {
    const [address = '', bits, ...rest] = range.split('/');
    const family = (0, node_net_1.isIP)(address);
    if (family === 0 || rest.length > 0 || bits === undefined || !/^\d{1,3}$/.test(bits))
        return false;
    // An IPv4 range written as IPv6 cannot be meant: ::ffff:10.0.0.0/8 would be nearly everybody (HDR-05).
    if (family === 6 && MAPPED.check(address, 'ipv6'))
        return false;
    // /0 would trust everybody's word about where they are.
    return Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128);
}
const canBe = (protocols) => (typed) => URL.canParse(typed) && protocols.includes(new URL(typed).protocol);
/** An address without user name, password, query and fragment. */
exports.webAddress = reader('an http(s) address without user name, query or fragment', (error) => zod_1.z.string({ error }).refine((typed) => canBe(['http:', 'https:'])(typed) && isPlain(new URL(typed)), { error }));
const isPlain = (url) => url.username === '' && url.password === '' && url.search === '' && url.hash === '';
/** Scheme, host and port alone. */
exports.origin = reader('an http(s) origin such as https://wf1.example:8443', (error) => zod_1.z.string({ error }).refine((typed) => canBe(['http:', 'https:'])(typed) && new URL(typed).origin === typed.replace(/\/$/, ''), { error }));
const namedPlace = (error) => zod_1.z.union([zod_1.z.strictObject({ file: zod_1.z.string().min(1) }), zod_1.z.strictObject({ env: zod_1.z.string().regex(/^CASEGATE_SECRET_[A-Z0-9_]+$/) })], {
    error,
});
/**
 * A secret by file or by environment variable, never in the settings file itself: `{file: /run/secrets/x}` or
 * `{env: CASEGATE_SECRET_X}`. For a setting with a variable of its own, NAME holds the secret and NAME_FILE its file.
 */
exports.secret = reader('{file: PATH} or {env: CASEGATE_SECRET_NAME}', 
// The place becomes a Secret when `resolveSecrets` has read it; a PendingSecret never leaves this room.
(error) => namedPlace(error).transform((place) => new PendingSecret(place)));
class PendingSecret {
    place;
    constructor(place) {
        this.place = place;
    }
}
exports.PendingSecret = PendingSecret;
