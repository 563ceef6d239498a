package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"pigrid/desktop/gridapi"
	"pigrid/desktop/serve/config"
	"pigrid/desktop/serve/control"
	"pigrid/desktop/serve/export"
	"pigrid/desktop/serve/relay"
)

// exportCommand is `export`.
func (p program) exportCommand(within loader) *cobra.Command {
	var at string
	known := strings.Join(export.Programs(), ", ")
	cmd := &cobra.Command{
		Use: "export PROGRAM", Long: "Prints the configuration of another program for all known cameras, of\n" + known + ".",
		ValidArgs: export.Programs(), Args: one("the name of a program: " + known),
	}
	cmd.Flags().StringVar(&at, "at", "", "address and port at which that program reaches this one (default what --listen says)")
	cmd.RunE = within(func(ctx context.Context, cfg config.Config, dir string, args []string) error {
		if at != "" {
			if _, port, err := net.SplitHostPort(at); err != nil || port == "" || strings.Trim(at, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:[]") != "" {
				return fmt.Errorf("--at %q is invalid: it must be an address and a port like 192.168.1.10:8088", at)
			}
		}
		return p.export(ctx, cfg, dir, args[0], at)
	})
	return cmd
}

// export prints the configuration of another program.
func (p program) export(ctx context.Context, cfg config.Config, dir, name, at string) error {
	a, err := control.Call(ctx, dir, "", gridapi.Call{})
	if err != nil {
		return err
	}
	source := export.Source{Address: at, Login: !cfg.NoPassword}
	host, port, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); (host == "localhost" || err == nil && ip.IsLoopback()) && len(cfg.TrustProxy) == 0 {
		source.Login = false
	}
	if at == "" {
		source.Address = net.JoinHostPort(reachedAt(host), port)
	}
	for _, c := range a.State.Cameras {
		video, still := relay.Paths(c.Key)
		source.Cameras = append(source.Cameras, export.Camera{Key: c.Key, Name: c.Name, Video: video, Still: still})
	}
	return export.Write(p.stdout, name, source)
}

// reachedAt is the host at which others reach what listens on a host: where that is every
// address, an address of this machine, since containers do not know names under .local.
func reachedAt(host string) string {
	if ip, err := netip.ParseAddr(host); host != "" && (err != nil || !ip.IsUnspecified()) {
		return host
	}
	own, _ := net.InterfaceAddrs()
	for _, a := range own {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && p.Addr().IsGlobalUnicast() {
			return p.Addr().String()
		}
	}
	return "127.0.0.1"
}
