package venue

import (
	"log/slog"
	"net/http"
	"time"
)

// Server is an http.Server for the API with its bounds set: how long a client may take to send a request and to take its
// answer, and how large its header may be. The body is bounded by whoever reads it. Connections of WebSockets leave these
// bounds behind and have their own.
func Server(addr string, h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // strangers' broken handshakes are no warnings
	}
}
