"""KPUM, the Krakowski Portal Usług Miejskich: the portal's core and the runnable project."""
