/**
 * How much of a mail is read. Everybody may write to the desk, so that every size is the sender's choice. Past the
 * limits of the first group a mail is refused whole (`UnreadableEmailError`, recorded as `quarantined`); past those of
 * the second the reading is cut, and `Email.cut` names what was.
 */

/** SES takes no more (40 MB); whatever is larger did not come through it. */
export const MAX_MAIL_BYTES = 40 * 1024 * 1024;

/** One field may be a megabyte of nothing, and twenty thousand fields another. Beyond this nobody wrote it. */
export const MAX_HEADER_BYTES = 2 * 1024 * 1024;

/** Folded a character a line, two megabytes are a million lines. The longest header in the wild has hundreds. */
export const MAX_HEADER_LINES = 50_000;

/** Every line is looked at for a delimiter: forty megabytes of line ends take ten seconds. As many of base64 have half a million lines. */
export const MAX_LINES = 4_000_000;

/** Every part costs an object, a decoder and a name: ten thousand empty ones fit in a small mail. SES itself sends no more than 500. */
export const MAX_PARTS = 1_000;

/** A multipart inside a multipart, thousands deep, has each level look for every outer boundary. Real mail stays under ten. */
export const MAX_NESTING = 100;

/** Text beyond this is not read by anyone; it stays in the stored mail. Keeps what is written to the table and walked line by line bounded. */
export const MAX_TEXT_CHARS = 4 * 1024 * 1024;

/** Beyond this HTML is cut before it is walked: a newsletter has 100 KB, and every tag costs. */
export const MAX_HTML_CHARS = 2 * 1024 * 1024;

/** Links beyond this keep their words and lose their targets. A mail of five thousand links is no question. */
export const MAX_LINKS = 5_000;

/** A mail with thousands of recipients is a bomb for whoever loops over them; nobody writes to a desk and 2,000 others by hand. */
export const MAX_ADDRESSES = 2_000;

/** A chain of replies is trimmed by most mailers at 20 ids. The first and the newest are kept. */
export const MAX_REFERENCES = 1_000;

/** Encoded words of one field that are decoded; each may name a charset of its own. What comes behind stays encoded. */
export const MAX_WORDS = 5_000;

/** Each is an object in the bucket. */
export const MAX_ATTACHMENTS = 500;

/** Messages enclosed in one mail that are read: a digest has dozens, and only the first few can be what somebody passes on. */
export const MAX_MESSAGES_READ = 10;

/** Signed in signed: a gateway signs what its user signed. */
export const MAX_SIGNED_DEPTH = 3;

/** Outlook's own stream: attributes in it, files, messages in messages, and octets of compressed RTF, which grow to eight times as many. */
export const MAX_TNEF_ATTRIBUTES = 10_000;
export const MAX_TNEF_FILES = 200;
export const MAX_TNEF_DEPTH = 3;
export const MAX_TNEF_RTF_BYTES = 1024 * 1024;
