package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// store keeps each volume as a directory, with its size in a file beside it.
type store struct {
	folder string
}

// volume is what is noted of one. Its id is the name that the provisioner chose, so that asking twice makes one.
type volume struct {
	ID    string `json:"id"`
	Bytes int64  `json:"bytes"`
}

var plainName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]*$`)

// path is where the content of a volume is.
func (s store) path(id string) string { return filepath.Join(s.folder, id) }

func (s store) note(id string) string { return filepath.Join(s.folder, id+".json") }

// find returns nil without an error where there is no such volume.
func (s store) find(id string) (*volume, error) {
	if !plainName.MatchString(id) {
		return nil, fmt.Errorf("not a name for a volume: %q", id)
	}
	text, err := os.ReadFile(s.note(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := &volume{}
	return found, json.Unmarshal(text, found)
}

// create makes a volume, empty or with all that another holds. The note comes last: a half copied one is begun anew.
func (s store) create(made volume, source string) error {
	path := s.path(made.ID)
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o755); err != nil {
		return err
	}
	if source != "" {
		if out, err := exec.Command("cp", "-a", s.path(source)+"/.", path).CombinedOutput(); err != nil {
			return fmt.Errorf("cannot copy %s: %w: %s", source, err, out)
		}
	}
	return s.write(made)
}

func (s store) write(noted volume) error {
	text, err := json.Marshal(noted)
	if err != nil {
		return err
	}
	part := s.note(noted.ID) + ".part"
	if err := os.WriteFile(part, text, 0o600); err != nil {
		return err
	}
	return os.Rename(part, s.note(noted.ID))
}

func (s store) remove(id string) error {
	if err := os.RemoveAll(s.path(id)); err != nil {
		return err
	}
	if err := os.Remove(s.note(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
