"""What is told of the disk, also before the data folder is there."""

from pathlib import Path

from server.store.health import disk


async def test_a_data_folder_that_is_not_there_yet_is_looked_at_above(tmp_path: Path) -> None:
    assert (await disk(tmp_path / "data" / "of a board")).health is (await disk(tmp_path)).health
