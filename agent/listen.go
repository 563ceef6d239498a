package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"syscall"

	"pigrid/agent/config"
)

// The ports tried one after the other when nobody chose one.
const (
	firstFreePort = 8081
	lastFreePort  = 8089
)

// opener opens a listener like [net.ListenConfig.Listen].
type opener func(ctx context.Context, network, addr string) (net.Listener, error)

// listen opens the port. Nobody chose 8080, so any near it will do when it is
// taken; a port somebody chose is the only right one.
func listen(ctx context.Context, open opener, cfg config.Config, log *slog.Logger) (net.Listener, error) {
	ln, err := open(ctx, "tcp", cfg.Listen)
	if err == nil {
		return ln, nil
	}
	if cfg.ListenGiven || !errors.Is(err, syscall.EADDRINUSE) {
		return nil, cannotListen(cfg.Listen, err)
	}
	for port := firstFreePort; port <= lastFreePort; port++ {
		if ln, err := open(ctx, "tcp", ":"+strconv.Itoa(port)); err == nil {
			log.Info("port 8080 is in use, using the next free one", "port", port)
			return ln, nil
		}
	}
	return nil, fmt.Errorf("ports 8080 to %d are all in use; choose a free one with --listen :PORT", lastFreePort)
}

// cannotListen says why not and what to do.
func cannotListen(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("another program listens on %s already; stop it, or choose another port with --listen", addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user is not allowed to listen on %s; choose port 1024 or higher with --listen", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("this machine does not have the address %s; choose one of its addresses with --listen, or :PORT for all of them", addr)
	}
	return fmt.Errorf("cannot listen on %s; choose another address with --listen: %w", addr, err)
}
