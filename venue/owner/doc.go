// Package owner is the owner's word over HTTP: what a customer says with the owner's key, which is no trading key.
//
// It owns the form of that word: JSON requests at /owner/v1/…, each signed with Ed25519, and the sentences of its answers. It
// owns no state: what is asked for becomes an instruction, and its answer is built from the durable record; what is read
// comes from the engine's durable state.
//
// A request carries three headers, each once: Portcullis-Key, the text of the owner's key; Portcullis-Time, milliseconds
// since 1970 UTC; and Portcullis-Signature, the Base64 of the Ed25519 signature over
//
//	<time>\n<METHOD> <path>\n<body>
//
// with the time as in the header, the path as in the request, and the body as sent.
//
// What it refuses: any key that is no owner's, whatever the gate would say too; a time more than 60 seconds back or a second
// ahead; a request that was taken up before; parameters in the path; bodies that are not strictly JSON; and more than its
// address may ask. That a key is unknown takes as long to find out as that a signature is wrong.
//
// Invariants: nothing is done without a record; a server error (5xx) never says that a request failed, unless its sentence
// does; the word of a customer waits in a line of its own, so that nobody who trades with a stolen key keeps the owner from
// locking the account.
package owner
