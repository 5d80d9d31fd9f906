"""What is told of the disk and the mail folder, also before the data folder is there."""

from pathlib import Path

from server.domain.health import Health
from server.store.health import disk, mail


async def test_a_data_folder_that_is_not_there_yet_is_looked_at_above(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "of a board"
    assert (await disk(folder)).status == (await disk(tmp_path)).status
    assert (await mail(folder, has_server=False)).status is Health.OK
