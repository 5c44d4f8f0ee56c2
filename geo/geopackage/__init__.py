"""The default store: one GeoPackage file that QGIS and GDAL open as it is."""
