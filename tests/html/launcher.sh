#!/bin/sh
# The launcher script on machines that do not exist: its tools are replaced by little scripts in a folder of ours.
set -eu
root=$(cd -- "$(dirname -- "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

is() {
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'not ok: %s: wanted "%s", got "%s"\n' "$1" "$2" "$3"
    fi
}
says() {
    case $3 in
        *"$2"*) passed=$((passed + 1)) ;;
        *)
            failed=$((failed + 1))
            printf 'not ok: %s: "%s" is not in "%s"\n' "$1" "$2" "$3"
            ;;
    esac
}

# A machine with the everyday commands and, besides, those named.
machine() {
    rm -rf "${work:?}/bin" "${work:?}/repository"
    mkdir -p "$work/bin" "$work/repository" "$work/elsewhere dir"
    cp "$root/safelight" "$work/repository/safelight"
    for tool in sh dirname readlink tail cat mkdir chmod id; do ln -s "$(command -v "$tool")" "$work/bin/$tool"; done
    for tool in "$@"; do
        printf '#!/bin/sh\nexit 0\n' >"$work/bin/$tool"
        chmod +x "$work/bin/$tool"
    done
    # This cargo makes a program that tells where it runs and with what.
    if [ -e "$work/bin/cargo" ]; then
        cat >"$work/bin/cargo" <<'CARGO'
#!/bin/sh
[ -z "${CARGO_BREAKS:-}" ] || { echo "error: it broke" >&2; exit 101; }
case " $* " in *" --quiet "*) ;; *) echo "   Compiling libaom-sys" >&2 ;; esac
mkdir -p "$CARGO_TARGET_DIR/release"
printf '#!/bin/sh\nprintf "%%s|" "$PWD" "$@"\nexit 7\n' >"$CARGO_TARGET_DIR/release/safelight"
chmod +x "$CARGO_TARGET_DIR/release/safelight"
echo "$@" >"$CARGO_TARGET_DIR/arguments"
CARGO
    fi
}
launch() {
    status=0
    output=$(cd "$work/elsewhere dir" && env -i HOME="$work" PATH="$work/bin" "$@" 2>&1) || status=$?
}

machine cargo cc c++ make cmake nasm
launch ../repository/safelight publish
says "the first command can be publishing" "building the program once; this takes some minutes" "$output"
launch ../repository/safelight build
is "which is told once" "$work/elsewhere dir|build|" "$output"

machine cargo cc c++ make cmake nasm
launch ../repository/safelight build --url "a b"
is "the program's exit code is passed on" 7 "$status"
says "it runs in the caller's folder with the caller's arguments" "$work/elsewhere dir|build|--url|a b|" "$output"
says "cargo tells how far it is" "Compiling libaom-sys" "$output"
says "the wait is announced" "this takes some minutes" "$output"
launch ../repository/safelight build
is "the second time it says nothing of its own" "$work/elsewhere dir|build|" "$output"

features() { sed -n 's/.* --no-default-features\( --features \([^ ]*\)\)\{0,1\} .*/\2/p' "$work/repository/target/${1:-}arguments"; }
is "publishing is left out" avif,simd "$(features)"
launch ../repository/safelight --help publish
is "help is not publishing" avif,simd "$(features)"
launch ../repository/safelight --site publish build
is "nor is a site of that name" avif,simd "$(features)"
is "nor is any of it told" "$work/elsewhere dir|--site|publish|build|" "$output"
launch CARGO_BREAKS=1 ../repository/safelight publish
is "publishing that cannot be built is an error" 101 "$status"
launch ../repository/safelight build
is "which leaves other commands as they were" avif,simd "$(features)"
launch ../repository/safelight --site elsewhere --quiet publish --dry-run
is "publishing is added once it is asked for" avif,simd,publish "$(features)"
says "and the wait is announced" 'adding `publish` once; this takes some minutes' "$output"
says "while cargo tells how far it is" "Compiling libaom" "$output"
says "and the command runs" "|--site|elsewhere|--quiet|publish|--dry-run|" "$output"
launch ../repository/safelight build
is "it stays" avif,simd,publish "$(features)"
is "and is not told again" "$work/elsewhere dir|build|" "$output"

ln -s ../repository/safelight "$work/bin/gallery"
launch gallery check
says "it is found through a link on the PATH" "$work/elsewhere dir|check|" "$output"

launch CARGO_BREAKS=1 ../repository/safelight build
is "a failed build of the program is passed on" 101 "$status"
says "and what cargo said is shown" "error: it broke" "$output"

machine cc c++ make cmake nasm
launch ../repository/safelight build
is "without Rust nothing is tried" 127 "$status"
says "without Rust it says where to get it" "https://rustup.rs" "$output"

# As somebody who is not root and has no sudo.
machine cargo cc c++ make apt-get
printf '#!/bin/sh\necho 1000\n' >"$work/not-root"
chmod +x "$work/not-root"
rm "$work/bin/id"
mv "$work/not-root" "$work/bin/id"
launch ../repository/safelight build
is "what is missing and cannot be installed is an error" 1 "$status"
says "with the line to type" "sudo sh -c 'apt-get update && apt-get install -y build-essential cmake nasm'" "$output"
launch SAFELIGHT_PLAIN=1 ../repository/safelight build
is "plain needs a C compiler alone" 7 "$status"
says "and leaves the features out" "--no-default-features" "$(cat "$work/repository/target/plain/arguments")"
is "all of them" "" "$(features plain/)"
launch SAFELIGHT_PLAIN=1 ../repository/safelight publish
is "but for publishing once it is asked for" publish "$(features plain/)"

for manager in dnf pacman apk zypper; do
    machine cargo cc "$manager"
    printf '#!/bin/sh\necho 0\n' >"$work/root-id"
    chmod +x "$work/root-id"
    rm "$work/bin/id"
    mv "$work/root-id" "$work/bin/id"
    # This package manager installs: it puts the commands there.
    cat >"$work/bin/$manager" <<MANAGER
#!/bin/sh
for tool in c++ make cmake nasm; do printf '#!/bin/sh\n' >"$work/bin/\$tool"; chmod +x "$work/bin/\$tool"; done
MANAGER
    launch ../repository/safelight build
    is "root on a machine with $manager gets it installed" 7 "$status"
done

machine cargo
launch ../repository/safelight build
is "without any package manager it is an error too" 1 "$status"
says "and says what is needed" "cmake and nasm" "$output"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
