package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

var exact = regexp.MustCompile(`:v?\d+\.\d+\.\d+(-[a-z]+)?$`)

// checkCompose reads the compose file as docker compose does, with every profile, and sees that what it mounts is there, that every image
// is of one version, and that nobody is on all networks.
func checkCompose(folder string) (string, error) {
	p, err := readCompose(folder)
	if err != nil {
		return "", err
	}
	var c complaints
	for _, name := range slices.Sorted(maps.Keys(p.Services)) {
		s := p.Services[name]
		if !exact.MatchString(s.Image) {
			c.add("%s: the image %q names no exact version", name, s.Image)
		}
		if s.Build != nil {
			dockerfile := filepath.Join(s.Build.Context, s.Build.Dockerfile)
			if _, err := os.Stat(dockerfile); err != nil {
				c.add("%s: %w", name, err)
			}
			if program := s.Build.Args["SERVICE"]; program == nil || !isFolder(filepath.Join(s.Build.Context, "services/cmd", *program)) {
				c.add("%s: its SERVICE is no program of services/cmd", name)
			}
		}
		for _, v := range s.Volumes {
			// What is only read is part of this repository; what is written, the operator's.
			if v.Type == types.VolumeTypeBind && v.ReadOnly && !isFolder(v.Source) {
				c.add("%s: there is no folder %s to mount", name, v.Source)
			}
		}
		if s.NetworkMode == "" && len(s.Networks) == 0 {
			c.add("%s: it says no network, and so is on the one where everybody is", name)
		}
		if s.NetworkMode == "" && (s.Deploy == nil || s.Deploy.Resources.Limits == nil || s.Deploy.Resources.Limits.MemoryBytes == 0) {
			c.add("%s: no limit of memory", name)
		}
		for key, value := range s.Environment {
			if value != nil && strings.Contains(strings.ToLower(key), "password") && !strings.HasPrefix(*value, "/run/secrets/") && !strings.HasPrefix(*value, "$2") {
				c.add("%s: %s is a secret in the open", name, key)
			}
		}
	}
	for name, config := range p.Configs {
		if _, err := os.Stat(config.File); err != nil {
			c.add("config %s: %w", name, err)
		}
	}
	return fmt.Sprintf("%d services, %d networks, %d secrets", len(p.Services), len(p.Networks), len(p.Secrets)), c.err()
}

func readCompose(folder string) (*types.Project, error) {
	o, err := cli.NewProjectOptions([]string{filepath.Join(folder, "compose.yaml")}, cli.WithProfiles([]string{"*"}), cli.WithoutEnvironmentResolution)
	if err != nil {
		return nil, err
	}
	return cli.ProjectFromOptions(context.Background(), o)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
