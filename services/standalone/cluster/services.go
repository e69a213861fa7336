package cluster

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// tokenGood is how long the services' tokens are good: longer than any cluster on one machine lives.
const tokenGood = 24 * time.Hour

// addRegistry adds the population registry in which the nation's truth lives.
func (c *Cluster) addRegistry() error {
	var err error
	if c.registry, err = c.freeAddress(c.cfg.Host); err != nil {
		return err
	}
	n := c.cfg.Sample.Config
	c.add("registry", "registry-sandbox", "--listen", c.registry, "--seed", fmt.Sprint(n.Seed), "--pupils", fmt.Sprint(n.Pupils),
		"--faults", fmt.Sprint(n.Faults)).grpc = c.registry
	return nil
}

// addMongo adds the stand-in of the database, unless there is a MongoDB.
func (c *Cluster) addMongo() error {
	if c.mongoURI = c.cfg.MongoURI; c.mongoURI != "" {
		return nil
	}
	address, err := c.freeAddress(c.cfg.Host)
	if err != nil {
		return err
	}
	c.mongoURI = "mongodb://" + address + "/"
	c.add("mongodb", "mongostandin", "--listen", address, "--data", filepath.Join(c.cfg.Dir, "mongodb")).grpc = address
	return nil
}

// addServices writes what the services share and adds their copies.
func (c *Cluster) addServices() error {
	const op = "cluster.services"
	dir := c.cfg.Dir
	if err := c.cfg.Sample.Drive.WriteDir(filepath.Join(dir, "drive")); err != nil {
		return err
	}
	key := base64.StdEncoding.EncodeToString(c.cfg.Sample.Key)
	if err := os.WriteFile(filepath.Join(dir, "reference.key"), []byte(key), 0o600); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	token, err := c.who.Issuer.Issue(access.Caller{Subject: "service", Role: access.Service, Scopes: []string{access.Nation}}, tokenGood)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "service.token"), []byte(token), 0o600); err != nil {
		return fault.Wrap(fault.Unavailable, op, err)
	}
	var added []*Process
	for _, service := range services {
		copies := c.cfg.Copies
		if n, ok := c.cfg.CopiesOf[service]; ok {
			copies = n
		}
		for i := range copies {
			p := c.add(fmt.Sprintf("%s-%d", service, i+1), service)
			for _, a := range []*string{&p.grpc, &p.http} {
				if *a, err = c.freeAddress(c.cfg.Host); err != nil {
					return err
				}
			}
			c.places[service] = append(c.places[service], p.grpc)
			added = append(added, p)
		}
	}
	for _, p := range added {
		p.args = append(c.settings(p), p.args...)
		// A variable that a service has no use for is let be, a flag is not: reporting works without the reference key.
		p.env = append(p.env, "RASOAT_NATS_URL="+c.NATSURL(), "RASOAT_MONGODB_URI="+c.mongoURI, "RASOAT_KEY_FILE="+filepath.Join(c.cfg.Dir, "reference.key"))
	}
	return nil
}

// settings are the flags of a copy of a service; what holds a password is in its environment.
func (c *Cluster) settings(p *Process) []string {
	in := func(name string) string { return filepath.Join(c.cfg.Dir, name) }
	at := func(service string) string { return strings.Join(c.places[service], "|") }
	args := []string{
		"--grpc-listen", p.grpc, "--http-listen", p.http, "--replicas", fmt.Sprint(brokers), "--drive", in("drive"),
		"--access-keys", in("access.pub"),
	}
	switch strings.TrimRight(p.name, "-0123456789") {
	case "intake":
		args = append(args, "--token-file", in("service.token"), "--reporting", at("reporting"))
	case "matching":
		args = append(args, "--registry", c.registry)
	case "reporting":
		args = append(args, "--intake", at("intake"), "--validation", at("validation"), "--matching", at("matching"))
	}
	return args
}
