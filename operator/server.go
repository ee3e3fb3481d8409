package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/local"
	"portcullis/internal/seal"
	"portcullis/internal/strict"
)

// Master seals and opens the HMAC secret of a key, in the context of the key's name, and changes the keys that it does so
// under; *seal.Keys is one.
type Master interface {
	seal.KEK
	IDs() []seal.ID // the newest first
	Rotate() error
	Forget(seal.ID) error
}

// Config is what a Server needs. Status and Network may be nil, and so may Archive: then nothing is told of the past.
type Config struct {
	Engine *engine.Engine
	// Archive is followed by the caller.
	Archive *archive.Archive
	Master  Master
	Log     *slog.Logger
	// Operators are the users who may give commands, beside the venue's own and root.
	Operators []uint32
	// Status fills in what the engine does not know: version, addresses, the archive.
	Status func(*Status)
	// Network is what follows from a network's name and the venue's public key there. Nil: this venue knows no chains.
	Network func(network, account string) (Network, error)
}

// Network is what the terms of a chain are held against.
type Network struct {
	Genesis instruction.BlockHash // the first block
	Hot     string                // address of change
	Dust    money.Amount          // the least that nodes let an output hold
	Relay   money.Amount          // the least for 1000 virtual bytes that nodes take a transaction for
}

// Server answers the operator's commands. Its methods may be called from any goroutine.
type Server struct {
	cfg  Config
	mux  *http.ServeMux
	all  []string // paths of all commands
	http *http.Server

	strangers strangers
	sealing   sync.RWMutex // held for reading from sealing a secret until it is on record; for writing while the key changes
	resealing sync.Mutex   // held while secrets are sealed anew
	marking   sync.Mutex   // held from reading marks, a budget or a chain's terms until what is changed of them is on record
}

// New is a server that listens nowhere yet.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg, mux: http.NewServeMux()}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ConnContext:       withPeer,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    8 << 10,
		ErrorLog:          slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
	}
	handle(s, AssetAdd, s.addAsset)
	handle(s, AssetList, s.listAssets)
	handle(s, MarketAdd, s.addMarket)
	handle(s, MarketList, s.listMarkets)
	handle(s, MarketSet, s.setMarket)
	handle(s, MarketTerms, s.setTerms)
	handle(s, MarketValuation, s.setValuation)
	handle(s, MarketRoute, s.setRoute)
	handle(s, MarksSet, s.setMarks)
	handle(s, MarksList, s.listMarks)
	handle(s, BudgetSet, s.setBudget)
	handle(s, BudgetShow, s.showBudget)
	handle(s, AccountCreate, s.createAccount)
	handle(s, AccountCredit, s.creditAccount)
	handle(s, AccountShow, s.showAccount)
	handle(s, AccountList, s.listAccounts)
	handle(s, AccountTier, s.setTier)
	handle(s, FeesSet, s.setFees)
	handle(s, FeesList, s.listFees)
	handle(s, DropNow, s.drop)
	handle(s, DropList, s.listDrops)
	handle(s, RaiseNow, s.raise)
	handle(s, KeyCreate, s.createKey)
	handle(s, KeyList, s.listKeys)
	handle(s, KeyRevoke, s.revokeKey)
	handle(s, KeyFeatures, s.showFeatures)
	handle(s, KeyQuarantine, s.quarantineKey)
	handle(s, KeyRestore, s.restoreKey)
	handle(s, AccountLock, s.lockAccount)
	handle(s, AccountUnlock, s.unlockAccount)
	handle(s, IncidentList, s.listIncidents)
	handle(s, IncidentShow, s.showIncident)
	handle(s, IncidentClose, s.closeIncident)
	handle(s, ProceedsList, s.listProceeds)
	handle(s, ProceedsHold, s.holdProceeds)
	handle(s, ProceedsRelease, s.releaseProceeds)
	handle(s, RulesLoad, s.loadRules)
	handle(s, RulesRevert, s.revertRules)
	handle(s, RulesList, s.listRules)
	handle(s, RulesShow, s.showRule)
	handle(s, RulesWaiting, s.listProposals)
	handle(s, RulesAnswer, s.answerRules)
	handle(s, RulesSnooze, s.snoozeRule)
	handle(s, InquestCohort, s.showCohort)
	handle(s, InquestShut, s.shutCohort)
	handle(s, InquestAutomatic, s.setAutomatic)
	handle(s, KeyChange, s.changeKey)
	handle(s, KeyRenew, s.renewKey)
	handle(s, KeyImport, s.importKeys)
	handle(s, ChainSetTerms, s.setChain)
	handle(s, ChainList, s.listChains)
	handle(s, ChainShow, s.showChain)
	handle(s, PayoutList, s.listPayouts)
	handle(s, PayoutShow, s.showPayout)
	handle(s, PayoutStop, s.stopPayout)
	handle(s, WaitingList, s.listWaiting)
	handle(s, NoSay, s.sayNo)
	handle(s, ClockConfirm, s.confirmClock)
	handle(s, StatusShow, s.status)
	handle(s, StateShow, s.state)
	handle(s, MasterList, s.listMaster)
	handle(s, MasterRotate, s.rotateMaster)
	handle(s, MasterReseal, s.resealMaster)
	handle(s, MasterForget, s.forgetMaster)
	handle(s, BackupBegin, s.beginBackup)
	handle(s, BackupList, s.listBackups)
	handle(s, SnapshotTake, s.snapshot)
	return s
}

// Serve answers on a socket until Close. It returns nil after that. It may serve several.
func (s *Server) Serve(l *net.UnixListener) error {
	if err := s.http.Serve(door{l, s}); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("operator: %w", err)
	}
	return nil
}

// Close takes no further command, and waits for those under way until the context ends.
func (s *Server) Close(ctx context.Context) error { return s.http.Shutdown(ctx) }

type peerKey struct{}

// peer is who is at the other end of a connection.
type peer struct {
	uid uint32
	err error
}

func withPeer(ctx context.Context, c net.Conn) context.Context {
	p := peer{err: errors.New("not a Unix socket")}
	switch c := c.(type) {
	case *net.UnixConn:
		p.uid, p.err = local.PeerUID(c)
	case *strange:
		p.uid, p.err = local.PeerUID(c.UnixConn)
	}
	return context.WithValue(ctx, peerKey{}, p)
}

// serve lets in whoever may give commands, and nobody else.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	p, _ := r.Context().Value(peerKey{}).(peer)
	switch {
	case p.err != nil:
		s.cfg.Log.Warn("operator: a caller without a name", "err", p.err)
		write(w, http.StatusForbidden, refuse("unknown-caller", "The system does not say who is calling, so nothing is taken up."))
	case !slices.Contains(s.operators(), p.uid):
		s.strangers.tell(s, p.uid, r.URL.Path)
		w.Header().Set("Connection", "close")
		write(w, http.StatusForbidden, refuse("not-operator", s.notYou(p.uid)))
	default:
		if _, known := s.mux.Handler(r); known == "" {
			write(w, http.StatusNotFound, refuse("unknown-command", "There is no such command. Is the program older or newer than the venue that runs?"))
			return
		}
		s.mux.ServeHTTP(w, r)
	}
}

// Commands are the paths of all commands.
func (s *Server) Commands() []string { return slices.Clone(s.all) }

// caller is who gave a command.
type caller struct{ principal instruction.Principal }

// handle answers a command with do. What do returns as a *problem goes out as the refusal that it is.
func handle[Request, Reply any](s *Server, c Command[Request, Reply], do func(*caller, *Request) (Reply, *problem)) {
	s.all = append(s.all, c.path)
	s.mux.HandleFunc("POST "+c.path, func(w http.ResponseWriter, r *http.Request) {
		var in Request
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxRequest))
		if err != nil {
			write(w, http.StatusRequestEntityTooLarge, refuse("too-long", fmt.Sprintf("A command has at most %d bytes.", MaxRequest)))
			return
		}
		if err := strict.Decode(body, &in); err != nil {
			write(w, http.StatusBadRequest, refuse("malformed-command", sentence(err)))
			return
		}
		p, _ := r.Context().Value(peerKey{}).(peer)
		reply, bad := do(&caller{instruction.Principal{Giver: instruction.ByOperator, Operator: p.uid}}, &in)
		if bad != nil {
			s.cfg.Log.Info("operator: refused", "command", c.path, "uid", p.uid, "seq", bad.outcome.Seq, "code", bad.outcome.Refusal.Code)
			write(w, bad.status, bad.outcome)
			return
		}
		s.cfg.Log.Info("operator: done", "command", c.path, "uid", p.uid)
		write(w, http.StatusOK, reply)
	})
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a caller that went away is told nothing
}
