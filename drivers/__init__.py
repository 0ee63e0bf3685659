"""Line drivers, by the name used in tipring.toml.

To add one: write drivers/<name>/ with a Line, add its line here, its settings
to firmware/contract/settings.py and its rig to tests/drivers/test_line_contract.py.
"""
