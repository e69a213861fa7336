package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"
)

// strict reads one YAML document; a field that the target does not have is an error.
func strict(file string, into any) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one document", file)
	}
	return nil
}

// checkConfigurations reads the other programs' files strictly, by the parts of their formats that are in use here, and sees that the hosts which
// they name are services of the compose file.
func checkConfigurations(folder string) (string, error) {
	p, err := readCompose(folder)
	if err != nil {
		return "", err
	}
	var c complaints
	checkCollector(filepath.Join(folder, "otel/collector.yaml"), p, &c)
	checkPrometheus(folder, p, &c)
	checkTempo(filepath.Join(folder, "tempo/tempo.yaml"), &c)
	checkGrafana(folder, p, &c)
	return "well-formed, and their hosts are in compose.yaml", c.err()
}

// checkHost sees that an address is that of a service.
func checkHost(file, address string, p *types.Project, c *complaints) {
	host, _, err := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	if err != nil {
		c.add("%s: %w", file, err)
		return
	}
	if _, ok := p.Services[host]; !ok && host != "localhost" {
		c.add("%s: compose.yaml has no service %q", file, host)
	}
}

// tempoConfig is the part of Tempo's configuration that is in use.
type tempoConfig struct {
	Server struct {
		HTTPListenPort int `yaml:"http_listen_port"`
	}
	Distributor struct {
		Receivers struct {
			OTLP struct {
				Protocols struct{ GRPC struct{ Endpoint string } }
			}
		}
	}
	Compactor struct {
		Compaction struct {
			BlockRetention string `yaml:"block_retention"`
		}
	}
	Storage struct {
		Trace struct {
			Backend string
			WAL     struct{ Path string }
			Local   struct{ Path string }
		}
	}
	UsageReport struct {
		ReportingEnabled *bool `yaml:"reporting_enabled"`
	} `yaml:"usage_report"`
}

func checkTempo(file string, c *complaints) {
	var t tempoConfig
	if err := strict(file, &t); err != nil {
		c.add("%w", err)
		return
	}
	if t.Storage.Trace.Backend != "local" || t.Storage.Trace.WAL.Path == "" || t.Storage.Trace.Local.Path == "" || t.Distributor.Receivers.OTLP.Protocols.GRPC.Endpoint == "" {
		c.add("%s: a backend, its two folders and a receiver are needed", file)
	}
}

func checkGrafana(folder string, p *types.Project, c *complaints) {
	var sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			Name, UID, Type, Access, URL string
			IsDefault                    bool           `yaml:"isDefault"`
			JSONData                     map[string]any `yaml:"jsonData"`
		}
	}
	file := filepath.Join(folder, "grafana/provisioning/datasources/datasources.yaml")
	if err := strict(file, &sources); err != nil {
		c.add("%w", err)
	}
	var uids []string
	for _, s := range sources.Datasources {
		uids = append(uids, s.UID)
		checkHost(file, s.URL, p, c)
	}
	if !slices.Equal(uids, []string{"prometheus", "tempo"}) {
		c.add("%s: the dashboards ask prometheus and tempo, here are %v", file, uids)
	}
	var boards struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type string
			AllowUIUpdates     bool `yaml:"allowUiUpdates"`
			Options            struct{ Path string }
		}
	}
	file = filepath.Join(folder, "grafana/provisioning/dashboards/dashboards.yaml")
	if err := strict(file, &boards); err != nil {
		c.add("%w", err)
	}
	for _, b := range boards.Providers {
		if !slices.ContainsFunc(p.Services["grafana"].Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target == b.Options.Path }) {
			c.add("%s: compose.yaml mounts nothing at %s", file, b.Options.Path)
		}
	}
}
