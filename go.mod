module portcullis

go 1.26.0

require (
	cel.dev/cel-go v0.33.2 // the language of detection rules: parsed, type-checked, limited in cost
	filippo.io/age v1.3.2 // encrypts backups to recipients and seeds under a passphrase, in a form that other programs read too
	github.com/alecthomas/kong v1.17.0 // the command line: subcommands, help and errors from one definition
	github.com/anishathalye/porcupine v1.3.1 // tests: whether one order of events explains what many clients were told
	github.com/btcsuite/btcd/address/v2 v2.0.0 // base58 and bech32, the letters of coins' addresses
	github.com/btcsuite/btcd/btcec/v2 v2.5.0 // keys of coins on their curve
	github.com/btcsuite/btcd/btcutil/v2 v2.0.1 // keys of one seed (BIP 32)
	github.com/btcsuite/btcd/chaincfg/v2 v2.0.0 // first bytes of extended keys, which btcutil asks for
	github.com/btcsuite/btcd/chainhash/v2 v2.0.0 // names of transactions, as wire has them
	github.com/btcsuite/btcd/txscript/v2 v2.0.0 // what a coin's signature signs, and whether nodes take it
	github.com/btcsuite/btcd/wire/v2 v2.0.0 // transactions that are built and signed
	github.com/coder/websocket v1.8.15 // streams and the WebSocket API: small, with contexts and close reasons
	github.com/gaissmai/bart v0.30.0 // tens of thousands of networks of hosting companies, asked of each request in nanoseconds
	github.com/getkin/kin-openapi v0.152.0 // tests: what the venue answers is held against its own OpenAPI document
	github.com/jackc/pgx/v5 v5.12.0 // measurements: PostgreSQL as the baseline of durable instructions
	github.com/prometheus/client_golang v1.25.0 // metrics in the form that operators already collect
	github.com/rogpeppe/go-internal v1.16.0 // tests: transcripts of the real program
	github.com/standard-webhooks/standard-webhooks/libraries v0.0.1 // tests: what a webhook is sent is held against the standard's own library
	go.yaml.in/yaml/v3 v3.0.6 // files of detection rules, with lines and columns for what is wrong in them
	golang.org/x/sys v0.48.0 // who is at the other end of a local socket; a signer's memory is nobody else's
	golang.org/x/term v0.45.0 // passphrases that are typed, unseen
	modernc.org/sqlite v1.60.1 // history in a file that one can query, without C
)

require (
	cel.dev/expr v0.25.1 // indirect
	filippo.io/hpke v0.4.0 // indirect
	github.com/antlr4-go/antlr/v4 v4.13.1 // indirect
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/btcsuite/btclog v1.0.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/decred/dcrd/crypto/blake256 v1.1.0 // indirect
	github.com/decred/dcrd/dcrec/secp256k1/v4 v4.4.0 // indirect
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/go-openapi/jsonpointer v0.22.5 // indirect
	github.com/go-openapi/swag/jsonname v0.25.5 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/ncruces/go-strftime v1.0.0 // indirect
	github.com/oasdiff/yaml v0.1.1 // indirect
	github.com/oasdiff/yaml3 v0.0.14 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // indirect
	golang.org/x/crypto v0.55.0 // indirect
	golang.org/x/exp v0.0.0-20240823005443-9b4947da3948 // indirect
	golang.org/x/sync v0.23.0 // indirect
	golang.org/x/text v0.42.0 // indirect
	golang.org/x/tools v0.50.0 // indirect
	google.golang.org/genproto/googleapis/api v0.0.0-20240826202546-f6391c0de4c7 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20240826202546-f6391c0de4c7 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	modernc.org/libc v1.77.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)
