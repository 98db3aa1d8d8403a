// Package evidence keeps what leak sites showed and what was acquired from
// them, so that a third party can check it later.
//
// Every visit becomes one WARC 1.1 file (ISO 28500:2017): the requests and
// responses byte for byte, each with its digests, closed by a manifest that
// lists every record in order. Files are sealed before their first byte rests
// on disk, written to a temporary name, synced and linked to their final name;
// nothing is ever overwritten. What is done with them is told to a custody log.
//
// The digest of a whole WARC file goes to the custody log. A manifest that was
// rewritten together with its records is therefore still found out.
package evidence
