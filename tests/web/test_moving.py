"""While the map is moved there is no edge of the world, and none of what is drawn."""


def land_colour(page, latitude, longitude):
    """The colour of the ground at a place, as the browser shows it."""
    return page.evaluate(
        """([lat, lng]) => {
          const canvas = document.querySelector(".leaflet-countries-pane canvas");
          const at = map_0.latLngToContainerPoint([lat, lng]);
          const box = canvas.getBoundingClientRect(), frame = map_0.getContainer().getBoundingClientRect();
          const scale = canvas.width / box.width;
          const x = (at.x + frame.left - box.left) * scale, y = (at.y + frame.top - box.top) * scale;
          return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].join();
        }""",
        [latitude, longitude],
    )


def test_land_looks_the_same_on_every_copy_of_the_world(server, visit):
    page = visit().open_map(f"{server.url}/#3/-10/179.9")
    assert land_colour(page, -25, 134) == land_colour(page, -8, -55 + 360) != land_colour(page, -30, -120 + 360)


def test_the_map_has_no_blank_edge_while_it_is_dragged(server, visit):
    page = visit().open_map(f"{server.url}/#5/-19/-61")
    page.mouse.move(1300, 450)
    page.mouse.down()
    for x in range(1300, 450, -50):
        page.mouse.move(x, 450)
    page.wait_for_function(
        """() => {
          const frame = map_0.getContainer().getBoundingClientRect();
          return [...document.querySelectorAll("canvas.record-canvas")].every((canvas) => {
            const box = canvas.getBoundingClientRect();
            return box.left <= frame.left && box.right >= frame.right;
          });
        }"""
    )
    page.mouse.up()
