#!/bin/sh
# Install what the program needs from a Debian or Ubuntu system: Python and the
# libraries that Qt's window and offscreen plug-ins load. Does nothing where all is
# there. Without the right to install it says what to type and fails only if the
# program could not run at all.
here=$(dirname "$0")

# On macOS and Windows the wheels bring everything but Python.
if [ "$(uname -s)" != Linux ]; then
    sh "$here/find_python.sh" >/dev/null && exit 0
    echo "Python 3.11, 3.12 or 3.13 is needed: install it from python.org or with" \
        "'brew install python@3.12', then try again." >&2
    exit 1
fi

# Library that Qt or OpenCV loads, and the package that holds it. From `ldd` on the
# plug-ins xcb and offscreen and on libQt6Gui, libQt6Widgets and libQt6DBus.
LIBRARIES='
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11-xcb.so.1 libx11-xcb1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libgthread-2.0.so.0 libglib2.0-0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-sync.so.1 libxcb-sync1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon.so.0 libxkbcommon0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libzstd.so.1 libzstd1
'
known=$({ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null)
missing=$(echo "$LIBRARIES" | while read -r library package; do
    [ -z "$library" ] && continue
    case $known in *"$library"*) ;; *) echo "$package" ;; esac
done | tr '\n' ' ')
# Qt draws no letters where no font is installed.
[ -n "$(find /usr/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts" \
    -name '*.[to]tf' -print 2>/dev/null | head -n 1)" ] ||
    missing="${missing}fonts-dejavu-core "

as_root=
[ "$(id -u)" = 0 ] || as_root='sudo -n'
may_install() {
    command -v apt-get >/dev/null || return 1
    [ -z "$as_root" ] || $as_root true 2>/dev/null
}

fresh=
install() {
    if [ -z "$fresh" ]; then
        $as_root apt-get update -qq
        fresh=yes
    fi
    # shellcheck disable=SC2086 # one word a package
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if ! sh "$here/find_python.sh" >/dev/null && may_install; then
    echo "Installing Python ..."
    # The system's own, or on a system with an old or a very new one whichever it has.
    for version in '' .12 .11 .13; do
        install "python3$version" "python3$version-venv" 2>/dev/null || continue
        sh "$here/find_python.sh" >/dev/null && break
    done
fi
if ! sh "$here/find_python.sh" >/dev/null; then
    echo "Python 3.11, 3.12 or 3.13 is needed. Type:" \
        "sudo apt-get install python3 python3-venv" >&2
    exit 1
fi

[ -n "$missing" ] || exit 0
if may_install; then
    echo "Installing libraries of the system: $missing"
    # shellcheck disable=SC2086
    install $missing && exit 0
fi
echo "Some libraries that the window needs are missing. Type:" \
    "sudo apt-get install $missing" >&2
exit 0
