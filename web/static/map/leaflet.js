// @ts-nocheck Leaflet's modules have no types of their own: the whole has, and the whole is what they make here.

// Which parts of Leaflet does the map use? Only those: no markers, popups and vectors, which are two fifths of it.

import { Control, control } from "leaflet/src/control/index.js";
import * as Browser from "leaflet/src/core/Browser.js";
import * as DomEvent from "leaflet/src/dom/DomEvent.js";
import * as DomUtil from "leaflet/src/dom/DomUtil.js";
import * as geo from "leaflet/src/geo/index.js";
import * as geometry from "leaflet/src/geometry/index.js";
import { Layer } from "leaflet/src/layer/Layer.js";
import { LayerGroup, layerGroup } from "leaflet/src/layer/LayerGroup.js";
import * as tile from "leaflet/src/layer/tile/index.js";
import { Map, map } from "leaflet/src/map/index.js";

window.L = { ...geo, ...geometry, ...tile, Browser, Control, control, DomEvent, DomUtil, Layer, LayerGroup, layerGroup, Map, map };
