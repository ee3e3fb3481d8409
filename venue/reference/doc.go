// Package reference tells what the venue's API is: as an OpenAPI 3.1 document of its REST requests, as an AsyncAPI 3 document
// of its streams and its WebSocket API, and as a page to read.
//
// It owns words: what each request, parameter, field and error means, in which unit. All else is taken from where it is
// true: requests, weights and rights from the dialect's table, fields and their types from the structs that are written to the
// wire. Nothing can be on the wire that has no description here, since a test looks at every field; and what the running
// venue answers is held against the documents by the tests of package venue.
//
// It refuses to be configured: the documents are the same for every venue of one version, and hold no names, markets or
// numbers of a venue.
package reference
