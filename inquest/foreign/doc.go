// Package foreign reads logs of key use, creation and deletion from any venue, so that whoever runs no Portcullis can ask
// what stolen keys had in common.
//
// It owns nothing but the keys of the file it reads, of which it keeps a bounded amount for each. A file is CSV with a
// header, or JSON lines: one event a line, in any order, though a file in the order of time tells more (see Row.Event use).
//
// What it refuses, each line with its number and what would be right: columns that are not known or given twice, events,
// times, networks that are none, text that is too long or not UTF-8, lines over MaxLine, and more keys than MaxKeys. A line
// that is wrong is left out and told; it never bends what the others say.
package foreign

// The bounds of a file.
const (
	MaxLine     = 4096      // bytes of a line
	MaxText     = 200       // bytes of a name
	MaxKeys     = 2_000_000 // different keys
	MaxNetworks = 16        // networks that are kept of one key: the first ones that it was seen at
	MaxLinks    = 16        // integrators of one key
)

// Row is one line: an event of a key.
//
// Columns, of which only time, event and key must be there:
//
//	time        RFC 3339, a date (its begin in UTC), or seconds or milliseconds since 1970
//	event       one of Events
//	key         the key's name; no secret
//	account     whose it is; without it each key is taken for a customer of its own
//	integrator  the third party that the key was given to (create, link)
//	network     an address, or a network, that it was used from (use, abuse)
//	client      any name of the program that it was used with (use)
type Row struct {
	Time       string `json:"time"`
	Event      string `json:"event"`
	Key        string `json:"key"`
	Account    string `json:"account"`
	Integrator string `json:"integrator"`
	Network    string `json:"network"`
	Client     string `json:"client"`
}

// Columns are the names of the columns, in the order of the example.
var Columns = []string{"time", "event", "key", "account", "integrator", "network", "client"}

// Events say what a line tells, and what it needs besides time and key.
var Events = [][2]string{
	{"create", "the key was made; with integrator, for that third party"},
	{"link", "the key was given to a third party (integrator), later than it was made or to one more"},
	{"delete", "the key was deleted"},
	{"use", "the key was used by its owner, as far as anybody knows, from a network, with a client. After its deletion it is a theft"},
	{"abuse", "the key was used by a thief: so it was seen"},
	{"claim", "its owner says that it was used by a thief, and nothing else does"},
}

// Example is a small file.
const Example = `time,event,key,account,integrator,network,client
2021-03-01,create,k-1,c-1,gridfox,,
2021-03-02T08:00:00Z,use,k-1,c-1,,192.0.2.7,gridfox/2.1
2021-05-10,create,k-2,c-2,gridfox,,
2021-06-20,create,k-3,c-3,,,
2021-07-04,link,k-3,c-3,gridfox,,
2021-09-09,create,k-4,c-4,moonbot,,
2022-01-15,delete,k-2,c-2,,,
2022-02-01,create,k-5,c-5,moonbot,,
2022-10-14T21:05:00Z,abuse,k-1,c-1,,203.0.113.0/24,
2022-10-14T21:06:10Z,use,k-2,c-2,,203.0.113.9,
2022-10-15T03:00:00Z,claim,k-3,c-3,,,
`
