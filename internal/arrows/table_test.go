package arrows

// row is what one package may import, and why no more.
type row struct {
	may []string // paths inside the module; "x/..." is x and all below it
	why string
}

// edge is what every edge may use. No edge is among it: edges talk to the engine, only cmd knows several.
var edge = also(tools, "engine", "core/...", "archive", "identity", "internal/mandate")

// tools are small and know no domain. What composes the venue or measures it lies beside them and is none of them.
var tools = []string{"internal/clock", "internal/local", "internal/network", "internal/outward", "internal/seal", "internal/secret", "internal/strict"}

func also(base []string, more ...string) []string { return append(more, base...) }

// table has the project's packages, by path inside the module. An exact row beats a pattern, a longer pattern a shorter.
var table = map[string]row{
	"core/money":       {nil, "amounts and prices stand on nothing"},
	"core/instruction": {[]string{"core/money"}, "the closed sets carry amounts and know no package that acts on them"},
	"core/ledger":      {nouns, "balances; sees the rest of the core only through interfaces of its own"},
	"core/book":        {nouns, "matching; knows neither balances nor keys"},
	"core/credential":  {also(nouns, queues), "keys; knows neither balances nor books"},
	"core/window":      {nouns, "sums of 24 hours, kept by whoever bounds something; knows not what"},
	"core/shelf":       {nouns, "things by number, kept by whoever counts for a few of many; knows not what"},
	"core/budget":      {also(nouns, windows, shelves), "meters; what a fill loses at which marks is worked out above"},
	"core/feature":     {also(nouns, shelves), "what keys, networks and others did lately; what it was worth is worked out above"},
	"core/gate":        {also(nouns, windows), "judges through interfaces of its own, so that it can be run on any state"},
	"core/due":         {nouns, "an order of times, kept by whoever waits; knows not what for"},
	"core/proceeds":    {nouns, "what others gained from keys, and what is held of it; balances are package core's"},
	"core/mark":        {nouns, "what prices were; whose loss they measure is known above"},
	"core/owner":       {also(nouns, "core/due"), "what waits for customers' words; what comes of it is composed above"},
	"core/sighting":    {nouns, "what an edge tells of keys in use; shared by edges and replays, so it can know neither"},
	"core/incident":    {also(nouns, "core/due"), "what networks saw; keys and what they may do are known above"},
	"core/chain":       {nouns, "blocks, coins and planned transactions; what they are worth to whom is composed above"},
	"core/payout":      {also(nouns, "core/due"), "a payout's states; the ledger's holds are composed above"},
	"core/rule":        {nouns, "what is in force and how it runs; what features are comes through an interface of its own"},
	"core":             {[]string{"core/..."}, "composes the core's packages, and is the only one that sees them together"},

	"journal":           {nil, "knows bytes, not domains: what is in a record must not decide whether it is kept"},
	"journal/diskfault": {[]string{"journal"}, "a disk that fails on purpose, for the tests of whoever keeps a journal"},
	"engine":            {also(tools, "core/...", "journal"), "runs core over journal; no edge may reach the writer from inside"},
	"rules":             {also(nouns, "core/rule"), "reads files and compiles to the writer's programs; never judges itself"},
	"rules/backtest":    {also(nouns, "core", "core/rule", "engine", "journal", "rules"), "asks rules about what a journal has, through the core as it judges; knows no venue that runs"},
	"archive":           {also(tools, "core/money", "core/instruction", "engine"), "is fed by a subscription to the engine; answers from what was recorded, not from live state"},

	"docs":        {nil, "pages, which know nobody"},
	"dialect/...": {nouns, "wire forms only: shared by edges, so it can know none of them"},

	"venue/...":        {also(edge, "venue/...", "dialect/...", "docs"), "an edge"},
	"reference/...":    {also(tools, "core/...", "engine"), "an edge: brings prices from outside, and has no history to look at"},
	"operator/...":     {also(edge, "operator/...", "rules", "inquest/cohort", "inquest/evidence", "inquest/finding"), "an edge; takes files of rules, and reads them itself: what judges is what they say"},
	"wallet/...":       {also(edge, "wallet/..."), "an edge"},
	"wallet/demochain": {also(nouns, "wallet/coin"), "a chain in memory, for wallets of the demo, simulations and replays: it knows none of them"},
	"wallet/signer":    {also(edge, "wallet/coin", "journal"), "a process of its own: reads what a venue writes, and knows neither its edges nor the wallet that asks it"},
	"wallet/coin":      {also(nouns, "internal/secret"), "chains as bytes: shared by whoever builds, signs, sends and scans, so it can know none of them"},
	"wallet/node":      {also(nouns, "wallet/coin", "internal/secret"), "asks a node; whose money it is about stays with the wallet"},
	"wallet/regtest":   {also(nouns, "wallet/coin", "wallet/node", "internal/secret"), "a real node for tests, replays and measurements, none of which it knows"},
	"wallet/faulty":    {nil, "stands before any node, and knows bytes only"},
	"connect/...":      {also(edge, "connect/..."), "an edge"},
	"vault/...":        {also(edge, "vault/...", "dialect/...", "journal"), "an edge; hosts an engine of its own"},
	"bot/...":          {also(edge, "bot/...", "dialect/..."), "an edge"},
	"bot/strategy":     {nouns, "pure: a strategy is tested without a venue"},
	"console/...":      {also(edge, "console/..."), "an edge"},
	"inquest/...":      {also(edge, "inquest/..."), "an edge"},
	"inquest/evidence": {[]string{"core/...", "inquest/cohort"}, "what a state says of stolen keys: asked by edges and scenarios, so it can know none of them"},
	"inquest/finding":  {[]string{"core/instruction", "inquest/cohort"}, "words and pictures of a report, wherever it was made"},
	"inquest/cohort":   {[]string{"core/instruction"}, "pure: a source is named by numbers alone, so that scenarios and foreign logs are searched by the same code"},
	"identity/...":     {also(tools, "identity/...", "core/...", "engine"), "used by edges, so it can know none of them"},
	"inquest/trace":    {nouns, "pure: whoever folds the records feeds it, so that it is tested without any"},

	"scenario/...":         {also(tools, "scenario/...", "core/...", "journal", "engine"), "drives core and journal directly"},
	"scenario/house":       {[]string{"scenario", "core/...", "rules"}, "detectors are tried with the rules that a venue has by default"},
	"scenario/leak":        {[]string{"scenario/...", "core/...", "inquest/cohort", "inquest/evidence"}, "its venue names the source of a leak as a live one does"},
	"scenario/incident":    {[]string{"scenario/...", "core/...", "inquest/cohort"}, "the operator of the replay asks what stolen keys have in common"},
	"scenario/giftcode":    {also(tools, "scenario", "scenario/house", "core/...", "journal", "engine", "wallet", "wallet/coin", "wallet/node", "wallet/regtest", "wallet/faulty", "wallet/demochain", "wallet/signer"), "what it replays is a wallet's failure: the wallet that runs live is what must withstand it"},
	"bench/...":            {[]string{"..."}, "measures any part beside its baseline; only cmd runs it"},
	"cmd/...":              {[]string{"..."}, "the only place that mounts edges side by side"},
	"e2e/...":              {[]string{"e2e/..."}, "sees the product as its users do: through the binary and the wire"},
	"e2e":                  {[]string{"wallet/regtest", "wallet/faulty"}, "the same, with a real node beside the product and a line between them that fails"},
	"internal/...":         {nil, "small tools: they know no domain"},
	"internal/backup":      {[]string{"core/instruction", "engine", "archive", "journal", "internal/secret"}, "knows all files of a data directory, and no venue that runs"},
	"internal/hosting":     {[]string{"internal/network"}, "which addresses are rented; knows not who asks"},
	"internal/access":      {[]string{"core/instruction"}, "tells who may do what, and asks nobody; its tests ask everybody"},
	"internal/daemon":      {[]string{"..."}, "composes the parts into a running venue, for cmd and for tests"},
	"internal/seal":        {[]string{"internal/secret"}, "keeps secrets unreadable at rest, and knows not whose they are"},
	"internal/mandate":     {also(nouns, "core", "internal/clock", "internal/network"), "puts mandates into words for several edges, so it can know none of them"},
	"internal/clock":       {[]string{"core/instruction"}, "tells the time in the core's own unit"},
	"internal/orderstream": {also(nouns, "core", "core/book"), "measures the real book, and the whole core, beside a reference"},
	"tools/...":            {nil, "must build when the product does not"},
}

// nouns are the words that all of the core speaks.
var nouns = []string{"core/money", "core/instruction"}

// queues may be kept by any package of the core that waits for something.
const queues = "core/due"

// windows may be kept by any package of the core that bounds something.
const windows = "core/window"

// shelves may be kept by any package of the core that has something of a few keys or accounts of many.
const shelves = "core/shelf"

// libraries has every module from outside, who may use it, and what for. The core uses none: pure_test.go.
var libraries = map[string]row{
	"github.com/adshao/go-binance/v2":                          {[]string{"e2e/go-binance"}, "a client that customers have, as a module of its own: the product does not depend on it"},
	"github.com/getkin/kin-openapi":                            {[]string{"venue/..."}, "tests: answers are held against the venue's own OpenAPI document"},
	"filippo.io/age":                                           {[]string{"internal/backup", "cmd/...", "wallet/signer"}, "backups, and a seed under a passphrase"},
	"github.com/alecthomas/kong":                               {[]string{"cmd/..."}, "the command line"},
	"github.com/btcsuite/btcd/address/v2":                      {[]string{"wallet/coin"}, "letters of addresses"},
	"github.com/btcsuite/btcd/btcec/v2":                        {[]string{"wallet/coin"}, "keys of coins"},
	"github.com/btcsuite/btcd/btcutil/v2/hdkeychain":           {[]string{"wallet/coin"}, "keys of one seed"},
	"github.com/btcsuite/btcd/chaincfg/v2":                     {[]string{"wallet/coin"}, "first bytes of extended keys"},
	"github.com/btcsuite/btcd/chainhash/v2":                    {[]string{"wallet/coin", "wallet/demochain"}, "names of transactions"},
	"github.com/btcsuite/btcd/txscript/v2":                     {[]string{"wallet/coin", "wallet/demochain"}, "what a signature signs, and whether nodes take it"},
	"github.com/btcsuite/btcd/wire/v2":                         {[]string{"wallet/coin", "wallet/demochain"}, "transactions that are built and signed"},
	"github.com/coder/websocket":                               {[]string{"venue/...", "bot/...", "vault/...", "bench/..."}, "streams; the load generator listens to them"},
	"cel.dev/cel-go":                                           {[]string{"rules"}, "the language of detection rules"},
	"go.yaml.in/yaml/v3":                                       {[]string{"rules"}, "files of detection rules, with lines and columns"},
	"modernc.org/sqlite":                                       {[]string{"archive"}, "history; pure Go, so the binary needs no C"},
	"github.com/gaissmai/bart":                                 {[]string{"internal/hosting"}, "tens of thousands of networks, asked of each request"},
	"golang.org/x/term":                                        {[]string{"cmd/..."}, "passphrases that are typed, unseen"},
	"golang.org/x/sys":                                         {[]string{"internal/local"}, "who is at the other end of a local socket, and that nobody looks into a process that holds keys, where the standard library cannot"},
	"github.com/anishathalye/porcupine":                        {[]string{"e2e"}, "tests: whether one order of events explains what many clients were told"},
	"github.com/jackc/pgx/v5":                                  {[]string{"bench"}, "PostgreSQL as a baseline"},
	"github.com/standard-webhooks/standard-webhooks/libraries": {[]string{"identity/notice"}, "tests: what a webhook is sent is held against it"},
	"github.com/prometheus/client_golang":                      {[]string{"venue/...", "reference", "internal/daemon"}, "metrics"},
}
