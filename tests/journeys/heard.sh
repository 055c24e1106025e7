#!/bin/sh
# A screen without a picture, a screen reader without a voice, and a Chromium that it reads: for tests/journeys/heard.py.
# Run it as a normal user: dbus-run-session -- tests/journeys/heard.sh FOLDER. It ends with that session.
set -eu
folder=$1
export HOME="$folder" XDG_RUNTIME_DIR="$folder" DISPLAY=:77
mkdir -p "$folder/.config/speech-dispatcher"
printf 'LogDir "default"\nAudioOutputMethod "alsa"\nAddModule "dummy" "sd_dummy" ""\nDefaultModule dummy\n' \
    > "$folder/.config/speech-dispatcher/speechd.conf"
printf 'pcm.!default { type null }\nctl.!default { type null }\n' > "$folder/.asoundrc"
Xvfb :77 -screen 0 500x1000x24 -noreset &
sleep 1
gsettings set org.gnome.desktop.a11y.applications screen-reader-enabled true
gsettings set org.gnome.desktop.interface toolkit-accessibility true
openbox &
/usr/libexec/at-spi-bus-launcher --launch-immediately &
sleep 2
orca --replace --debug-file="$folder/orca.log" &
sleep 5
ACCESSIBILITY_ENABLED=1 chromium --no-sandbox --force-renderer-accessibility --no-first-run --user-data-dir="$folder/profile" \
    --remote-debugging-port=9333 --window-size=390,844 --window-position=0,0 --disable-save-password-bubble --disable-features=PasswordManagerOnboarding about:blank &
wait
