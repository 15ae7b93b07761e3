# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx for the site that ./dev site builds."""

project = 'gaussdb.dws_ssl'
author = 'The gaussdb.dws_ssl contributors'
copyright = author
html_title = project

extensions = ['sphinx_antsibull_ext', 'myst_parser']
myst_heading_anchors = 3
default_role = 'any'
nitpick_ignore_regex = [
    # what is on the site of ansible-core
    ('std:ref', r'ansible_collections\.ansible\.builtin\..*|action_plugins|common_return_values|ansible_configuration_settings'),
    ('std:envvar', r'ANSIBLE_\w+'),
]

html_theme = 'sphinx_ansible_theme'
html_theme_options = {
    'display_version': False,
    # the theme's own are those of ansible-core's site
    'documentation_home_url': '#',
    'topbar_links': {},
}
pygments_style = 'ansible'
highlight_language = 'YAML+Jinja'
smartquotes = False     # options and messages are copied from these pages
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
