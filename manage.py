#!/usr/bin/env python
"""Django's command line for Linewright."""

import os
import sys


def main() -> None:
    # `demo` only starts itself again, under the settings it needs: until then the small ones do.
    settings = "config.line_settings" if sys.argv[1:2] == ["demo"] else "config.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
